// SPDX-License-Identifier: Apache-2.0
// The ledger of paid calls in the store's table `replies`. A commit waits for the disk, so one
// thread commits for everybody: all rows that came while it was busy go into its next transaction.
#pragma once

#include <memory>
#include <string>

#include "wend/base/result.h"
#include "wend/core/call_ledger.h"

namespace wend::store {

/// On connections of its own to the store at `path`, which must be there. Rows that are put before
/// it is destroyed are kept. While another process writes, rows wait for it, a minute at the most.
base::Result<std::unique_ptr<core::CallLedger>> open_call_ledger(const std::string& path);

}  // namespace wend::store
