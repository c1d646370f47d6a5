// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "wend/base/task.h"

namespace wend::net {

/// One io_context a thread, and nothing shared between them: what begins on one stays there.
class IoThreads {
 public:
  explicit IoThreads(std::size_t count);
  /// Stops and joins.
  ~IoThreads();
  IoThreads(const IoThreads&) = delete;
  IoThreads& operator=(const IoThreads&) = delete;

  std::size_t size() const { return contexts_.size(); }

  boost::asio::io_context& context(std::size_t i) { return *contexts_[i]; }

  /// Each context runs on a thread of its own until stop(), whether it has work or not.
  void start();
  /// Ends the threads after the handlers under way. Safe to call twice.
  void stop();

 private:
  using Work = boost::asio::executor_work_guard<base::IoExecutor>;

  std::vector<std::unique_ptr<boost::asio::io_context>> contexts_;
  std::vector<Work> work_;
  std::vector<std::thread> threads_;
};

/// Starts a coroutine on a context and lets it run. An exception that leaves it ends the process.
void spawn(boost::asio::io_context& context, base::Task<void> task);

/// Runs a coroutine on a context from another thread and waits for its value (tests, command
/// lines; never from an I/O thread).
void run_and_wait(boost::asio::io_context& context, std::function<base::Task<void>()> task);

}  // namespace wend::net
