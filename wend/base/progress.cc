// SPDX-License-Identifier: Apache-2.0
#include "wend/base/progress.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

namespace wend::base {
namespace {

using Clock = std::chrono::steady_clock;

/// "8 s", "3 min 05 s", "1 h 12 min".
std::string readable(Clock::duration span) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(span).count();
  if (seconds < 60) {
    return fmt::format("{} s", seconds);
  }
  if (seconds < 3600) {
    return fmt::format("{} min {:02} s", seconds / 60, seconds % 60);
  }
  return fmt::format("{} h {:02} min", seconds / 3600, seconds / 60 % 60);
}

std::string describe_steps(const StageProgress& stage) {
  if (stage.total == 0) {
    const std::string steps = stage.done > 0 ? fmt::format(" {}", stage.done) : "";
    return !stage.ended && stage.done == 0
               ? stage.name
               : fmt::format("{}:{} done in {}", stage.name, steps, readable(stage.elapsed));
  }
  // More may be done than was foreseen: a question that is asked again is a call of its own.
  const std::size_t done = std::min(stage.done, stage.total);
  std::string text =
      fmt::format("{}: {} of {} ({} %)", stage.name, done, stage.total, done * 100 / stage.total);
  if (stage.done >= stage.total) {
    return text + ", " + readable(stage.elapsed);
  }
  if (stage.done > 0) {
    const double left =
        static_cast<double>(stage.total - stage.done) / static_cast<double>(stage.done);
    text += ", " + readable(std::chrono::duration_cast<Clock::duration>(stage.elapsed * left)) +
            " left";
  }
  return text;
}

}  // namespace

std::string describe_progress(const StageProgress& stage) {
  const std::string steps = describe_steps(stage);
  return stage.note.empty() ? steps : steps + ", " + stage.note;
}

StderrProgress::StderrProgress() : terminal_(::isatty(STDERR_FILENO) == 1) {}

void StderrProgress::start(std::string stage, std::size_t total) {
  const std::lock_guard lock(mutex_);
  stage_ = std::move(stage);
  total_ = total;
  done_ = 0;
  note_.clear();
  begun_ = drawn_ = Clock::now();
  draw(begun_, Ending::kOpen);
}

void StderrProgress::advance(std::size_t steps) {
  const std::lock_guard lock(mutex_);
  done_ += steps;
  const auto interval = terminal_ ? std::chrono::milliseconds(100) : std::chrono::seconds(10);
  const auto now = Clock::now();
  if (now - drawn_ >= interval) {
    drawn_ = now;
    draw(now, Ending::kOpen);
  }
}

void StderrProgress::note(const std::string& text) {
  const std::lock_guard lock(mutex_);
  note_ = text;
}

void StderrProgress::finish() {
  const std::lock_guard lock(mutex_);
  draw(Clock::now(), Ending::kLast);
}

void StderrProgress::draw(Clock::time_point now, Ending ending) const {
  static constexpr const char* kRedraw = "\r\x1b[K";  // To the begin of the line, and clear it.
  const bool same_line = terminal_ && ending == Ending::kOpen;
  const std::string text =
      describe_progress({stage_, total_, done_, now - begun_, ending == Ending::kLast, note_});
  fmt::print(stderr, "{}{}{}", terminal_ ? kRedraw : "", text, same_line ? "" : "\n");
  std::fflush(stderr);
}

}  // namespace wend::base
