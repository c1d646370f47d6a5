// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "wend/core/call_ledger.h"

namespace wend::core {

/// A ledger that forgets with the process: for tests, and for calls whose replies nobody keeps.
class MemoryCallLedger final : public CallLedger {
 public:
  base::Result<std::optional<std::string>> find(std::string_view key) override {
    const std::lock_guard lock(mutex_);
    const auto found = rows_.find(key);
    return found == rows_.end() ? std::nullopt : std::optional(found->second);
  }

  void put(std::string key, std::string row, Done done) override {
    {
      const std::lock_guard lock(mutex_);
      rows_.insert_or_assign(std::move(key), std::move(row));
    }
    done({});
  }

  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return rows_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string, std::less<>> rows_;
};

}  // namespace wend::core
