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

/// The threads on which prompts are tokenised, encoded and decided, so that no I/O thread ever
/// waits for mathematics. One job a thread; the queue before them is bounded.
class InferencePool {
 public:
  /// Up to `queue` jobs may wait beside those that run.
  InferencePool(std::size_t threads, std::size_t queue);
  /// As stop().
  ~InferencePool();
  InferencePool(const InferencePool&) = delete;
  InferencePool& operator=(const InferencePool&) = delete;

  /// False where the queue is full. The job must not throw.
  bool submit(std::function<void()> job);

  std::size_t waiting() const;

  /// Waits for the jobs that run and drops those that wait; after it none is taken.
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
