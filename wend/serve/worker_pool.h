// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace wend::serve {

/// Threads for what no I/O thread may wait for: mathematics, a disk. One job a thread; the queue
/// before them is bounded.
class WorkerPool {
 public:
  /// Up to `queue` jobs may wait beside those that run.
  WorkerPool(std::size_t threads, std::size_t queue);
  /// As stop().
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// False where the queue is full. The job must not throw.
  bool submit(std::function<void()> job);

  std::size_t waiting() const;

  /// Drops what waits and comes back when what runs has ended; nothing is taken after it.
  void stop();

 private:
  void work();

  mutable std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<std::function<void()>> jobs_;
  std::size_t bound_;
  std::size_t idle_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace wend::serve
