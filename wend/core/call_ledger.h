// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "wend/base/result.h"

namespace wend::core {

/// Every paid call under its key (llm/ledger_key.h), as a line of replies.jsonl, so that nothing is
/// asked twice. Who pays for calls knows this interface alone, and not where the rows are kept.
/// Safe from any thread.
class CallLedger {
 public:
  virtual ~CallLedger() = default;

  /// The row of a call, or nothing where it has not been made.
  virtual base::Result<std::optional<std::string>> find(std::string_view key) = 0;

  /// Called once, from a thread of the ledger's: short, and not into the ledger.
  using Done = std::function<void(base::Status)>;

  /// Keeps a row; a row that is there under the key is replaced. Returns at once. `done` hears when
  /// the row has reached the disk and outlives any crash, or why it has not. What waits is no more
  /// than what the callers wait for.
  virtual void put(std::string key, std::string row, Done done) = 0;
};

}  // namespace wend::core
