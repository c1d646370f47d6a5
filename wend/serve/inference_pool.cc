// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/inference_pool.h"

#include <utility>

namespace wend::serve {

InferencePool::InferencePool(std::size_t threads, std::size_t queue) : bound_(queue) {
  for (std::size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this] { work(); });
  }
}

InferencePool::~InferencePool() {
  stop();
}

void InferencePool::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    jobs_.clear();
  }
  ready_.notify_all();
  for (std::thread& thread : threads_) {
    thread.join();
  }
  threads_.clear();
}

bool InferencePool::submit(std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    // A thread that is idle takes its job at once: that one does not wait.
    if (stopping_ || jobs_.size() >= bound_ + idle_) {
      return false;
    }
    jobs_.push_back(std::move(job));
  }
  ready_.notify_one();
  return true;
}

std::size_t InferencePool::waiting() const {
  const std::lock_guard lock(mutex_);
  return jobs_.size();
}

void InferencePool::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    ready_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    --idle_;
    if (stopping_) {
      return;
    }
    const std::function<void()> job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    lock.lock();
  }
}

}  // namespace wend::serve
