// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "wend/base/random.h"
#include "wend/llm/client.h"
#include "wend/net/wait.h"

namespace wend::llm {

struct RetryRules {
  int attempts = 5;  ///< The first included.
  std::chrono::milliseconds first_wait{500};
  std::chrono::milliseconds longest_wait{30'000};
  /// Of all attempts together; a wait that would pass it is not begun.
  std::chrono::milliseconds patience{600'000};
};

/// When one call is tried again: after a time that doubles with each attempt, drawn from its second
/// half, so that callers who failed together do not come back together, or after what the upstream
/// asked for, whichever is longer.
class Backoff {
 public:
  Backoff(const RetryRules& rules, std::uint64_t seed, net::Instant begun)
      : rules_(rules), chance_(seed), give_up_at_(begun + rules.patience) {}

  /// How long to wait after this failure; nothing where the call is given up.
  std::optional<std::chrono::milliseconds> next_wait(const CallFailure& failure, net::Instant now);

 private:
  RetryRules rules_;
  base::Random chance_;
  net::Instant give_up_at_;
  int failures_ = 0;
};

/// A Retry-After header: seconds ("120"), or one of HTTP's dates, from which the time until then is
/// taken, 0 where it has passed. Nothing where it is neither.
std::optional<std::chrono::milliseconds> parse_retry_after(
    std::string_view value, std::chrono::system_clock::time_point now);

}  // namespace wend::llm
