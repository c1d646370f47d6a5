// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/upstream_health.h"

#include <algorithm>

namespace wend::serve {

void UpstreamHealth::succeeded(Instant asked) {
  const std::lock_guard lock(mutex_);
  if (asked < paused_at_) {
    return;
  }
  failures_in_a_row_ = 0;
  cool_until_ = {};
}

bool UpstreamHealth::failed(Instant asked, Instant now) {
  const std::lock_guard lock(mutex_);
  if (asked < paused_at_) {
    return false;
  }
  constexpr std::uint32_t kDoublings = 5;  // 1 s to 32 s, cut at the longest.
  const Duration pause = kFirstPause * (1U << std::min(failures_in_a_row_, kDoublings));
  ++failures_in_a_row_;
  return pause_until(now, now + std::min(pause, kLongestPause));
}

bool UpstreamHealth::limited(Instant now, std::optional<Duration> retry_after) {
  const std::lock_guard lock(mutex_);
  const Duration pause =
      std::clamp(retry_after.value_or(kFirstPause), Duration{0}, kLongestRetryAfter);
  return pause_until(now, now + pause);
}

bool UpstreamHealth::pause_until(Instant now, Instant until) {
  const bool is_new = cool_until_ <= now;
  paused_at_ = now;
  cool_until_ = std::max(cool_until_, until);
  return is_new;
}

bool UpstreamHealth::is_cooling(Instant now) const {
  return pause_left(now) > Duration{0};
}

UpstreamHealth::Duration UpstreamHealth::pause_left(Instant now) const {
  const std::lock_guard lock(mutex_);
  return cool_until_ <= now ? Duration{0} : std::chrono::ceil<Duration>(cool_until_ - now);
}

}  // namespace wend::serve
