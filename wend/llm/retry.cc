// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/retry.h"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <string>

namespace wend::llm {

using std::chrono::milliseconds;

std::optional<milliseconds> Backoff::next_wait(const CallFailure& failure, net::Instant now) {
  ++failures_;
  if (failure.advice != Advice::kRetry || failures_ >= rules_.attempts) {
    return std::nullopt;
  }
  constexpr int kMostDoublings = 20;
  const auto doubled = rules_.first_wait * (1 << std::min(failures_ - 1, kMostDoublings));
  const milliseconds wait = std::min(doubled, rules_.longest_wait);
  const auto half = static_cast<std::uint64_t>(wait.count() / 2);
  const milliseconds drawn(static_cast<std::int64_t>(half + chance_.below(half + 1)));
  const milliseconds asked = std::max(drawn, failure.retry_after.value_or(milliseconds(0)));
  return now + asked < give_up_at_ ? std::optional(asked) : std::nullopt;
}

std::optional<milliseconds> parse_retry_after(std::string_view value,
                                              std::chrono::system_clock::time_point now) {
  constexpr std::int64_t kDay = 86400;
  std::int64_t seconds = 0;
  const char* const end = value.data() + value.size();
  const auto [stop, error] = std::from_chars(value.data(), end, seconds);
  if (error == std::errc() && stop == end && seconds >= 0) {
    return std::chrono::seconds(std::min(seconds, kDay));
  }
  const std::string text(value);
  for (const char* form : {"%a, %d %b %Y %H:%M:%S GMT",  // The form that senders must use.
                           "%A, %d-%b-%y %H:%M:%S GMT",
                           "%a %b %d %H:%M:%S %Y"}) {
    std::tm date = {};
    const char* const rest = ::strptime(text.c_str(), form, &date);
    if (rest != nullptr && *rest == '\0') {
      const auto until = std::chrono::system_clock::from_time_t(::timegm(&date)) - now;
      return std::clamp(std::chrono::duration_cast<milliseconds>(until),
                        milliseconds(0),
                        milliseconds(std::chrono::seconds(kDay)));
    }
  }
  return std::nullopt;
}

}  // namespace wend::llm
