// SPDX-License-Identifier: Apache-2.0
// What every verb that spends money has in common: it asks first, and says how it ended.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "wend/base/result.h"
#include "wend/llm/call_runner.h"

namespace wend::cli {

/// What is about to be spent.
struct Spending {
  std::size_t calls = 0;
  double cost = 0;  ///< Expected, of the calls that have a price.
  std::string currency;
};

/// Asks a person on the terminal; without one, --yes must have been said. Nothing to call is
/// nothing to ask.
base::Status confirm_spending(const Spending& spending, bool yes);

/// "budget", "user" or "failure"; null where the run came to its end.
const char* stop_reason(const llm::RunReport& run);

/// 0 done, 1 where a model was left, 3 stopped at the budget or by the user with everything saved.
int exit_status_of(const llm::RunReport& run);

/// `[{"model","why"}]` of the models that were asked no more.
nlohmann::ordered_json left_to_json(const std::vector<llm::LeftModel>& left);

/// The same for a person, and that a stopped run goes on from here.
void print_how_it_ended(const llm::RunReport& run);

/// One document on stdout; malformed UTF-8 is replaced.
void print_json(const nlohmann::ordered_json& document);

}  // namespace wend::cli
