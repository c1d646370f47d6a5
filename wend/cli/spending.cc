// SPDX-License-Identifier: Apache-2.0
#include "wend/cli/spending.h"

#include <cstdio>

#include <nlohmann/json.hpp>
#include <unistd.h>

namespace wend::cli {

using base::Code;
using base::fail;
using base::Status;
using Json = nlohmann::ordered_json;

namespace {

constexpr int kStopped = 3;

}  // namespace

Status confirm(const Spending& spending, bool yes) {
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
             ? Status()
             : fail(Code::kCancelled, "not confirmed; nothing was asked");
}

const char* stop_word(const llm::RunReport& run) {
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
  if (run.stopped == llm::StopReason::kBudget || run.stopped == llm::StopReason::kUser) {
    return kStopped;
  }
  return run.left.empty() ? 0 : 1;
}

Json left_to_json(const llm::RunReport& run) {
  Json list = Json::array();
  for (const llm::LeftModel& model : run.left) {
    list.push_back({{"model", model.model}, {"why", model.error.message}});
  }
  return list;
}

void print_document(const Json& document) {
  fmt::print("{}\n", document.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace wend::cli
