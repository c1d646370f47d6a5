// SPDX-License-Identifier: Apache-2.0
#include "wend/cli/spend.h"

#include <cstdio>
#include <utility>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "wend/core/memory_call_ledger.h"
#include "wend/store/sqlite_call_ledger.h"

namespace wend::cli {

using base::Code;
using base::fail;
using Json = nlohmann::ordered_json;

namespace {

base::Status confirm(const Spending& spending, bool yes) {
  if (yes || spending.calls == 0) {
    return {};
  }
  if (::isatty(STDIN_FILENO) != 1) {
    return fail(Code::kInvalidArgument,
                "{} calls for about {:.4g} {}: expected --yes, or --dry-run to see the plan",
                spending.calls,
                spending.cost,
                spending.currency);
  }
  fmt::print(stderr, "Make these {} calls? [y/N] ", spending.calls);
  const int answer = std::fgetc(stdin);
  return answer == 'y' || answer == 'Y'
             ? base::Status()
             : fail(Code::kCancelled, "not confirmed; nothing was asked");
}

}  // namespace

base::Result<bool> agree(const Globals& globals, const Proposal& proposal) {
  if (proposal.dry_run) {
    if (globals.json) {
      print_json(proposal.document());
    } else {
      proposal.print(stdout);
    }
    return false;
  }
  if (proposal.spending.calls > 0) {
    TRY(proposal.check_ready());
  }
  if (!globals.json && !globals.quiet) {
    proposal.print(stderr);
  }
  TRY(confirm(proposal.spending, proposal.yes));
  return true;
}

base::Result<PaidStore> open_paid_store(const Globals& globals,
                                        const trips::Config& config,
                                        AbsentStore absent) {
  PaidStore open;
  auto store = absent == AbsentStore::kMake ? open_or_make_store(globals, config)
                                            : open_store(globals, config);
  if (!store && absent == AbsentStore::kPretend && store.error().code == Code::kNotFound) {
    open.ledger = std::make_unique<core::MemoryCallLedger>();
    return open;
  }
  open.store = TRY(std::move(store));
  open.ledger = TRY(store::open_call_ledger(store_path(globals, config)));
  return open;
}

const char* stop_reason(const llm::RunReport& run) {
  switch (run.stopped) {
    case llm::StopReason::kBudget:
      return "budget";
    case llm::StopReason::kUser:
      return "user";
    case llm::StopReason::kFailure:
      return "failure";
    case llm::StopReason::kNone:
      break;
  }
  return run.left.empty() ? nullptr : "failure";
}

int exit_status_of(const llm::RunReport& run) {
  constexpr int kStopped = 3;
  if (run.stopped == llm::StopReason::kBudget || run.stopped == llm::StopReason::kUser) {
    return kStopped;
  }
  return run.left.empty() ? 0 : 1;
}

Json left_to_json(const std::vector<llm::LeftModel>& left) {
  Json list = Json::array();
  for (const llm::LeftModel& model : left) {
    list.push_back({{"model", model.model}, {"why", model.error.message}});
  }
  return list;
}

void print_how_it_ended(const llm::RunReport& run) {
  for (const llm::LeftModel& left : run.left) {
    fmt::print("{} was asked no more: {}\n", left.model, left.error.message);
  }
  if (run.stopped != llm::StopReason::kNone) {
    fmt::print("stopped ({}); the same command goes on from here\n", stop_reason(run));
  }
}

void print_json(const Json& document) {
  fmt::print("{}\n", document.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace wend::cli
