// SPDX-License-Identifier: Apache-2.0
#include "wend/cli/spend.h"

#include <cstdio>

#include <nlohmann/json.hpp>
#include <unistd.h>

namespace wend::cli {

using base::Code;
using base::fail;
using Json = nlohmann::ordered_json;

base::Status confirm_spending(const Spending& spending, bool yes) {
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
