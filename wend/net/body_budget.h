// SPDX-License-Identifier: Apache-2.0
// How much the bodies of all requests under way may take together: each has its own limit, but
// that times the connections is more than a machine has.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace wend::net {

/// Of one server, over all its threads.
class BodyBudget {
 public:
  explicit BodyBudget(std::size_t most) : most_(most) {}

  /// Whether so many bytes more would be let in now. A no is counted, so ask where it is final.
  bool has_room(std::size_t bytes) {
    const std::size_t held = held_.load(std::memory_order_relaxed);
    return held <= most_ && bytes <= most_ - held ? true : refuse();
  }

  /// All of them or, with a no that is counted, none.
  bool take(std::size_t bytes) {
    const std::size_t before = held_.fetch_add(bytes, std::memory_order_relaxed);
    if (before <= most_ && bytes <= most_ - before) {
      return true;
    }
    give_back(bytes);
    return refuse();
  }

  void give_back(std::size_t bytes) { held_.fetch_sub(bytes, std::memory_order_relaxed); }

  std::size_t held() const { return held_.load(std::memory_order_relaxed); }

  std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }

 private:
  bool refuse() {
    refused_.fetch_add(1, std::memory_order_relaxed);
    return false;
  }

  std::size_t most_;
  std::atomic<std::size_t> held_ = 0;
  std::atomic<std::uint64_t> refused_ = 0;
};

/// One body's part of a budget, given back at the end. Without a budget there is room for all.
class BodyShare {
 public:
  explicit BodyShare(BodyBudget* budget) : budget_(budget) {}

  ~BodyShare() { give_back(); }

  BodyShare(const BodyShare&) = delete;
  BodyShare& operator=(const BodyShare&) = delete;

  bool has_room(std::size_t bytes) const { return budget_ == nullptr || budget_->has_room(bytes); }

  /// `bytes` is not less than before.
  bool grow_to(std::size_t bytes) {
    if (budget_ == nullptr || bytes == held_) {
      return true;
    }
    const bool taken = budget_->take(bytes - held_);
    held_ = taken ? bytes : held_;
    return taken;
  }

  void give_back() {
    if (budget_ != nullptr) {
      budget_->give_back(std::exchange(held_, 0));
    }
  }

 private:
  BodyBudget* budget_;
  std::size_t held_ = 0;
};

}  // namespace wend::net
