// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "wend/base/progress.h"
#include "wend/llm/call_runner.h"

namespace wend::trips {

/// "0.42 USD", and that a run which is stopping still waits for calls.
std::string spent_so_far(const llm::RunReport& report, const std::string& currency);

/// Shows a run of paid calls as it goes: a step for each call that ended, and the money spent.
/// Borrows the progress, whose stage has been started.
std::function<void(const llm::RunReport&)> spending_teller(base::Progress& progress,
                                                           std::string currency);

}  // namespace wend::trips
