// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>

namespace wend::base {

/// How far a stage has come.
struct StageProgress {
  std::string name;
  std::size_t total = 0;  ///< 0: unknown.
  std::size_t done = 0;
  std::chrono::steady_clock::duration elapsed{};
  bool ended = false;
  std::string note = {};  ///< What else there is to say of it, as money spent.
};

/// "embed: 1200 of 12032 (9 %), 3 min 05 s left": what a person is shown of it.
std::string describe_progress(const StageProgress& stage);

/// What a long work tells the person who waits: done of total, and the time left. Safe from any
/// thread.
class Progress {
 public:
  virtual ~Progress() = default;
  /// A new stage of `total` steps (0: unknown).
  virtual void start(std::string stage, std::size_t total) = 0;
  virtual void advance(std::size_t steps) = 0;

  /// What stands at the end of the line from now on; a new stage begins without.
  virtual void note(const std::string&) {}

  virtual void finish() = 0;
};

/// Says nothing: for tests and --quiet.
class SilentProgress final : public Progress {
 public:
  void start(std::string, std::size_t) override {}

  void advance(std::size_t) override {}

  void finish() override {}
};

/// On a terminal one line that is redrawn; elsewhere a plain line at the start, every ten seconds
/// and at the end. Writes to stderr.
class StderrProgress final : public Progress {
 public:
  StderrProgress();
  void start(std::string stage, std::size_t total) override;
  void advance(std::size_t steps) override;
  void note(const std::string& text) override;
  void finish() override;

 private:
  enum class Ending { kOpen, kLast };

  void draw(std::chrono::steady_clock::time_point now, Ending ending) const;

  std::mutex mutex_;
  bool terminal_;
  std::string stage_;
  std::string note_;
  std::size_t total_ = 0;
  std::size_t done_ = 0;
  std::chrono::steady_clock::time_point begun_;
  std::chrono::steady_clock::time_point drawn_;
};

}  // namespace wend::base
