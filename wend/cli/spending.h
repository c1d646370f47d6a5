// SPDX-License-Identifier: Apache-2.0
// What the verbs that pay for calls have in common: a person agrees first, and a run that was
// stopped says so.
#pragma once

#include <cstddef>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "wend/base/result.h"
#include "wend/llm/call_runner.h"

namespace wend::cli {

/// What a run is about to spend.
struct Spending {
  std::size_t calls = 0;
  double cost = 0;
  std::string currency;
};

/// Asks a person; without one, --yes must have been said. Where there is nothing to call, nothing
/// is asked.
base::Status confirm(const Spending& spending, bool yes);

/// "budget", "user", "failure"; null where the run went to its end.
const char* stop_word(const llm::RunReport& run);

/// 3 where everything is saved and the run was stopped, 1 where a model was left, else 0.
int exit_status_of(const llm::RunReport& run);

/// [{"model","why"}]
nlohmann::ordered_json left_to_json(const llm::RunReport& run);

/// One line on stdout.
void print_document(const nlohmann::ordered_json& document);

}  // namespace wend::cli
