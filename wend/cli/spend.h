// SPDX-License-Identifier: Apache-2.0
// What every verb that spends money has in common: it asks first, and says how it ended.
#pragma once

#include <cstddef>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "wend/base/result.h"
#include "wend/cli/globals.h"
#include "wend/core/call_ledger.h"
#include "wend/llm/call_runner.h"

namespace wend::cli {

/// What is about to be spent.
struct Spending {
  std::size_t calls = 0;
  double cost = 0;  ///< Expected, of the calls that have a price.
  std::string currency;
};

/// A run that is about to begin, as it is told and agreed to.
struct Proposal {
  bool dry_run = false;
  bool yes = false;
  Spending spending;
  std::function<nlohmann::ordered_json()> document;  ///< Of --dry-run --json.
  std::function<void(std::FILE*)> print;             ///< The same for a person.
  std::function<base::Status()> check_ready;         ///< Whether calls could be made at all.
};

/// Whether to go on. A dry run tells the plan on stdout and ends there. Else the plan goes to
/// stderr, and a person on the terminal is asked; without one, --yes must have been said. Nothing
/// to call is nothing to ask.
base::Result<bool> agree(const Globals& globals, const Proposal& proposal);

/// The store of a run, and its ledger of replies.
struct PaidStore {
  std::unique_ptr<store::Store> store;  ///< Null where kPretend found none.
  std::unique_ptr<core::CallLedger> ledger;
};

/// What becomes of a store that is not there: an error, a new file, or, for a dry run, an empty
/// ledger and no file.
enum class AbsentStore { kRefuse, kMake, kPretend };

base::Result<PaidStore> open_paid_store(const Globals& globals,
                                        const trips::Config& config,
                                        AbsentStore absent);

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
