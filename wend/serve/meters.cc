// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/meters.h"

namespace wend::serve {
namespace {

void add_tokens(const base::Counter& counter, std::optional<std::int64_t> tokens) {
  if (tokens && *tokens > 0) {
    counter.add(static_cast<double>(*tokens));
  }
}

}  // namespace

std::string_view outcome_name(AttemptOutcome outcome) {
  switch (outcome) {
    case AttemptOutcome::kOk:
      return "ok";
    case AttemptOutcome::kClientError:
      return "client_error";
    case AttemptOutcome::kRefused:
      return "refused";
    case AttemptOutcome::kLimited:
      return "limited";
    case AttemptOutcome::kServerError:
      return "server_error";
    case AttemptOutcome::kUnreachable:
      return "unreachable";
    case AttemptOutcome::kTimeout:
      return "timeout";
    case AttemptOutcome::kBadAnswer:
      return "bad_answer";
    default:
      return "cancelled";
  }
}

void ModelMeters::spent(const llm::Usage& usage, std::optional<double> measured_cost) const {
  add_tokens(input_tokens, usage.prompt_tokens);
  add_tokens(output_tokens, usage.completion_tokens);
  if (measured_cost) {
    cost.add(*measured_cost);
  }
}

}  // namespace wend::serve
