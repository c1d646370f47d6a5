// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "wend/net/wait.h"

namespace wend::llm {

struct RateRules {
  std::optional<double> requests_per_minute;  ///< Absent: as many as come.
  std::optional<double> tokens_per_minute;
};

/// When the next call to an upstream may begin: evenly spaced, so that no minute, wherever it
/// begins, holds more than was allowed, as far as the tokens of a call are known before it ends. A
/// pause holds everybody back: a place within it is void, and another is to be taken.
class RateLimit {
 public:
  explicit RateLimit(const RateRules& rules) : rules_(rules) {}

  /// Takes the next place and says when it is: now, or later.
  net::Instant take(net::Instant now, double tokens);

  /// A call took other than what its place was taken for: the next ones wait longer, or less.
  void settle(double expected_tokens, double tokens);

  /// No call begins before `until`: the upstream has said that it is too much.
  void pause(net::Instant until);

  net::Instant paused_until() const { return paused_until_; }

 private:
  RateRules rules_;
  net::Instant next_request_{};
  net::Instant next_tokens_{};
  net::Instant paused_until_{};
};

}  // namespace wend::llm
