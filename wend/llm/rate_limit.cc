// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/rate_limit.h"

#include <algorithm>

namespace wend::llm {
namespace {

/// The time that an amount takes at a rate.
net::Instant::duration span_of(double amount, double per_minute) {
  const std::chrono::duration<double> seconds(60.0 * amount / per_minute);
  return std::chrono::duration_cast<net::Instant::duration>(seconds);
}

}  // namespace

net::Instant RateLimit::take(net::Instant now, double tokens) {
  const net::Instant at = std::max({now, next_request_, next_tokens_, paused_until_});
  if (rules_.requests_per_minute) {
    next_request_ = at + span_of(1, *rules_.requests_per_minute);
  }
  if (rules_.tokens_per_minute) {
    next_tokens_ = at + span_of(tokens, *rules_.tokens_per_minute);
  }
  return at;
}

void RateLimit::settle(double expected_tokens, double tokens) {
  if (rules_.tokens_per_minute) {
    next_tokens_ += span_of(tokens - expected_tokens, *rules_.tokens_per_minute);
  }
}

void RateLimit::pause(net::Instant until) {
  paused_until_ = std::max(paused_until_, until);
}

}  // namespace wend::llm
