// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/recorder.h"

#include <utility>
#include <vector>

#include "wend/base/log.h"

namespace wend::serve {

Recorder::Recorder(std::unique_ptr<store::Store> store, std::size_t queue, Counters counters)
    : store_(std::move(store)), bound_(queue), counters_(counters), thread_([this] { work(); }) {}

Recorder::~Recorder() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  ready_.notify_one();
  thread_.join();
}

void Recorder::begin(const std::string& id, const std::string& owner) {
  const std::lock_guard lock(mutex_);
  under_way_.emplace(id, owner);
}

void Recorder::put(const std::string& id, std::function<store::DecisionRow()> render) {
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= bound_) {
      under_way_.erase(id);
      counters_.dropped.add();
      return;
    }
    queue_.push_back({id, std::move(render)});
  }
  ready_.notify_one();
}

base::Result<Recorder::Found> Recorder::find(std::string_view id) {
  {
    const std::lock_guard lock(mutex_);
    const auto announced = under_way_.find(std::string(id));
    if (announced != under_way_.end()) {
      Found found{Lookup::kUnderWay, {}};
      found.row.owner = announced->second;
      return found;
    }
  }
  const std::lock_guard lock(store_mutex_);
  auto row = TRY(store_->find_decision(id));
  return row ? Found{Lookup::kFound, *std::move(row)} : Found{};
}

void Recorder::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ready_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) {
      return;
    }
    std::deque<Pending> batch;
    batch.swap(queue_);
    lock.unlock();
    write(batch);
    lock.lock();
  }
}

void Recorder::write(const std::deque<Pending>& batch) {
  std::vector<store::DecisionRow> rows;
  rows.reserve(batch.size());
  for (const Pending& pending : batch) {
    rows.push_back(pending.render());
  }
  base::Status status;
  {
    const std::lock_guard lock(store_mutex_);
    status = store_->put_decisions(rows);
  }
  if (status) {
    counters_.kept.add(static_cast<double>(rows.size()));
  } else {
    counters_.failed.add(static_cast<double>(rows.size()));
    base::log_error("{} decisions could not be kept: {}", rows.size(), status.error().message);
  }
  const std::lock_guard lock(mutex_);
  for (const store::DecisionRow& row : rows) {
    under_way_.erase(row.id);
  }
}

}  // namespace wend::serve
