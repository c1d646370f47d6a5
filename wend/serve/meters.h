// SPDX-License-Identifier: Apache-2.0
// The counters of one upstream and of one model. A series is found by its labels, which costs more
// than all else that is counted of a request: so it is found once, for the snapshot.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "wend/base/metrics.h"
#include "wend/llm/chat.h"

namespace wend::serve {

/// How a call to an upstream ended, as a metric's label: a closed vocabulary.
enum class AttemptOutcome {
  kOk,
  kClientError,  ///< 4xx that the caller has to mend.
  kRefused,      ///< 401 or 403: our key.
  kLimited,      ///< 429.
  kServerError,  ///< 5xx, 408.
  kUnreachable,  ///< No connection, or one that broke before the answer.
  kTimeout,
  kBadAnswer,  ///< Not HTTP, cut short, no JSON.
  kCancelled,  ///< The client went, the deadline passed, or the server was cut.
};

inline constexpr std::size_t kAttemptOutcomes = 9;

std::string_view outcome_name(AttemptOutcome outcome);

/// Count nothing until ServeMetrics::attach() has seen their snapshot.
struct UpstreamMeters {
  std::array<base::Counter, kAttemptOutcomes> attempts;  ///< By outcome.
  base::Counter cooldowns;

  void attempted(AttemptOutcome outcome) const {
    attempts.at(static_cast<std::size_t>(outcome)).add();
  }
};

struct ModelMeters {
  base::Counter decisions;
  base::Counter input_tokens;
  base::Counter output_tokens;
  base::Counter cost;

  void spent(const llm::Usage& usage, std::optional<double> measured_cost) const;
};

}  // namespace wend::serve
