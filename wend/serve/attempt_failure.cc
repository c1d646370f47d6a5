// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/attempt_failure.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "wend/base/check.h"

namespace wend::serve {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Row {
  int status;
  const char* type;
  const char* code;
  std::string what;  ///< Ends the sentence.
};

Row row_of(AttemptOutcome outcome, int status) {
  switch (outcome) {
    case AttemptOutcome::kLimited:
      return {429, "rate_limit_error", "upstream_rate_limited", "limits its rate"};
    case AttemptOutcome::kTimeout:
      return {504, "timeout_error", "upstream_timeout", "did not answer in time"};
    case AttemptOutcome::kRefused:
      return {502, "upstream_error", "upstream_refused", "refused our key"};
    case AttemptOutcome::kServerError:
      return {
          502, "upstream_error", "upstream_error", fmt::format("answered with status {}", status)};
    case AttemptOutcome::kBadAnswer:
      return {502,
              "upstream_error",
              "upstream_bad_answer",
              "gave an answer that is not whole or is none to a chat"};
    default:
      return {502, "upstream_error", "upstream_unreachable", "cannot be reached"};
  }
}

}  // namespace

ApiError describe_failure(std::span<const AttemptRecord> attempts,
                          AttemptOutcome last,
                          std::optional<milliseconds> retry_after) {
  CHECK(!attempts.empty(), "a failure without an attempt");
  const AttemptRecord& made = attempts.back();
  const Row row = row_of(last, made.status);
  ApiError error{row.status,
                 fmt::format("{} {} failed; the last, of '{}' at upstream '{}', {}",
                             attempts.size(),
                             attempts.size() == 1 ? "call" : "calls",
                             made.model,
                             made.upstream,
                             row.what),
                 row.type,
                 "",
                 row.code};
  if (last == AttemptOutcome::kLimited) {
    const auto wait = std::chrono::ceil<seconds>(retry_after.value_or(seconds(1)));
    error.retry_after_s = std::max<std::int64_t>(1, wait.count());
  }
  return error;
}

}  // namespace wend::serve
