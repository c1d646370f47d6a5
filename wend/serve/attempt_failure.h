// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <span>

#include "wend/serve/decision_record.h"
#include "wend/serve/openai_error.h"
#include "wend/serve/serve_metrics.h"

namespace wend::serve {

/// What the caller is told where no attempt gave an answer that can be sent on: 429 with
/// Retry-After where the last one limits its rate, 504 where it took too long, else 502. It names
/// models and upstreams, never an address or a key. Needs at least one attempt.
ApiError describe_failure(std::span<const AttemptRecord> attempts,
                          AttemptOutcome last,
                          std::optional<std::chrono::milliseconds> retry_after);

}  // namespace wend::serve
