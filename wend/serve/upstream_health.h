// SPDX-License-Identifier: Apache-2.0
// When an upstream is left alone. Passive: only what requests meet counts. An upstream that cools
// down is asked last, not never, so the last one is never out (reliability.md F22).
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>

namespace wend::serve {

/// Of one upstream, over all threads and reloads.
class UpstreamHealth {
 public:
  using Instant = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::milliseconds;

  static constexpr Duration kFirstPause{1'000};
  static constexpr Duration kLongestPause{30'000};
  static constexpr Duration kLongestRetryAfter{300'000};

  /// An attempt that was made at `asked` got its answer: well again, unless a pause has begun
  /// since, of which that answer knows nothing.
  void succeeded(Instant asked);

  /// A failure of the upstream's own (5xx, no connection, no answer) of an attempt made at `asked`:
  /// a pause of a second, doubled with each failure in a row. Attempts that were under way when a
  /// pause began are no further failures. Whether it was not cooling before.
  bool failed(Instant asked, Instant now);

  /// 429: until its Retry-After, or a second where it named none. Whether it was not cooling
  /// before.
  bool limited(Instant now, std::optional<Duration> retry_after);

  bool is_cooling(Instant now) const;

  /// What is left of the pause; zero where there is none.
  Duration pause_left(Instant now) const;

 private:
  bool pause_until(Instant now, Instant until);

  mutable std::mutex mutex_;
  Instant paused_at_{};
  Instant cool_until_{};
  std::uint32_t failures_in_a_row_ = 0;
};

}  // namespace wend::serve
