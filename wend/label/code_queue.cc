// SPDX-License-Identifier: Apache-2.0
#include "wend/label/code_queue.h"

#include <utility>

#include "wend/base/stop.h"

namespace wend::label {

CodeQueue::CodeQueue(const CodeRunner& runner, std::size_t threads) : runner_(runner) {
  for (std::size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this] { work(); });
  }
}

CodeQueue::~CodeQueue() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    waiting_.clear();
  }
  work_changed_.notify_all();
  for (std::thread& thread : threads_) {
    thread.join();
  }
}

bool CodeQueue::has_room() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size() < kWaiting;
}

bool CodeQueue::put(std::string id, CodeTask task) {
  const std::lock_guard lock(mutex_);
  if (waiting_.size() >= kWaiting) {
    return false;
  }
  waiting_.push_back({std::move(id), std::move(task)});
  work_changed_.notify_one();
  return true;
}

std::vector<CodeRun> CodeQueue::take_ended() {
  const std::lock_guard lock(mutex_);
  return std::exchange(ended_, {});
}

std::vector<CodeRun> CodeQueue::wait_ended() {
  std::unique_lock lock(mutex_);
  end_changed_.wait(lock,
                    [this] { return !ended_.empty() || (waiting_.empty() && running_ == 0); });
  return std::exchange(ended_, {});
}

void CodeQueue::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    work_changed_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
    if (waiting_.empty()) {
      return;
    }
    Task task = std::move(waiting_.front());
    waiting_.pop_front();
    if (base::check_stop()) {
      ++running_;
      lock.unlock();
      base::Result<bool> passed = runner_.passes(task.code);
      lock.lock();
      --running_;
      ended_.push_back({std::move(task.id), std::move(passed)});
    }
    end_changed_.notify_all();
  }
}

}  // namespace wend::label
