// SPDX-License-Identifier: Apache-2.0
// Programs take seconds, and the thread that talks to models must not wait for them: they run on
// threads of their own, so many at once, and so many may wait.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "wend/base/result.h"
#include "wend/label/run_code.h"

namespace wend::label {

struct CodeRun {
  std::string id;             ///< As it came in.
  base::Result<bool> passed;  ///< An error where nothing can be told.
};

/// One thread puts programs in and takes their ends out.
class CodeQueue {
 public:
  /// The programs that may wait at once.
  static constexpr std::size_t kWaiting = 1000;

  /// Borrows the runner.
  CodeQueue(const CodeRunner& runner, std::size_t threads);
  /// Waits for the programs that run; what waits is dropped.
  ~CodeQueue();

  CodeQueue(const CodeQueue&) = delete;
  CodeQueue& operator=(const CodeQueue&) = delete;

  /// Whether put would take another.
  bool has_room() const;

  /// Never waits: false, and nothing taken, while kWaiting others wait.
  bool put(std::string id, CodeTask task);

  /// Those that have ended, in the order of their ends.
  std::vector<CodeRun> take_ended();

  /// Waits until one has ended, as a runner's limits see to; none where none runs or waits. Once a
  /// stop was asked for (base::check_stop) what still waits is dropped.
  std::vector<CodeRun> wait_ended();

 private:
  struct Task {
    std::string id;
    CodeTask code;
  };

  void work();

  const CodeRunner& runner_;
  mutable std::mutex mutex_;
  std::condition_variable work_changed_;
  std::condition_variable end_changed_;
  std::deque<Task> waiting_;
  std::vector<CodeRun> ended_;
  std::size_t running_ = 0;
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace wend::label
