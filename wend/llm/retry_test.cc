// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/retry.h"

#include <vector>

#include <gtest/gtest.h>

namespace wend::llm {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals alone.

CallFailure failure(Advice advice = Advice::kRetry,
                    std::optional<std::chrono::milliseconds> retry_after = {}) {
  return {{base::Code::kUnavailable, "down", {}}, advice, retry_after};
}

TEST(Backoff, DoublesWithinItsSecondHalfAndEndsWithTheAttempts) {
  const net::Instant now;
  Backoff backoff({5, 100ms, 300ms, 600s}, 7, now);
  const std::vector<std::pair<int, int>> bounds = {{50, 100}, {100, 200}, {150, 300}, {150, 300}};
  for (const auto& [low, high] : bounds) {
    const auto wait = backoff.next_wait(failure(), now);
    ASSERT_TRUE(wait);
    EXPECT_GE(wait->count(), low);
    EXPECT_LE(wait->count(), high);
  }
  EXPECT_FALSE(backoff.next_wait(failure(), now));
}

TEST(Backoff, DrawsBySeed) {
  const net::Instant now;
  const auto draw = [&](std::uint64_t seed) {
    return *Backoff({5, 10'000ms, 30s, 600s}, seed, now).next_wait(failure(), now);
  };
  EXPECT_EQ(draw(1), draw(1));
  EXPECT_NE(draw(1), draw(2));
}

TEST(Backoff, WaitsAsLongAsItWasAskedTo) {
  const net::Instant now;
  Backoff backoff({5, 100ms, 300ms, 600s}, 7, now);
  EXPECT_EQ(backoff.next_wait(failure(Advice::kRetry, 40s), now), 40s);
  EXPECT_LE(backoff.next_wait(failure(Advice::kRetry, 1ms), now), 200ms);
}

TEST(Backoff, BeginsNoWaitThatPassesItsPatience) {
  const net::Instant begun;
  Backoff backoff({5, 100ms, 300ms, 60s}, 7, begun);
  EXPECT_FALSE(backoff.next_wait(failure(Advice::kRetry, 61s), begun));
  EXPECT_TRUE(backoff.next_wait(failure(), begun + 59s));
  EXPECT_FALSE(backoff.next_wait(failure(), begun + 60s));
}

TEST(Backoff, GivesUpWhatWouldFailAgain) {
  const net::Instant now;
  EXPECT_FALSE(Backoff({}, 1, now).next_wait(failure(Advice::kGiveUp), now));
  EXPECT_FALSE(Backoff({}, 1, now).next_wait(failure(Advice::kLeave), now));
}

TEST(RetryAfter, IsSecondsOrADate) {
  // 1994-11-06 08:49:37 UTC, the moment of the examples in RFC 9110.
  const auto moment = std::chrono::system_clock::from_time_t(784111777);
  EXPECT_EQ(parse_retry_after("0", moment), 0ms);
  EXPECT_EQ(parse_retry_after("120", moment), 120s);
  EXPECT_EQ(parse_retry_after("99999999999", moment), 24h);
  for (const char* date : {"Sun, 06 Nov 1994 08:49:37 GMT",
                           "Sunday, 06-Nov-94 08:49:37 GMT",
                           "Sun Nov  6 08:49:37 1994"}) {
    EXPECT_EQ(parse_retry_after(date, moment - 30s), 30s) << date;
    EXPECT_EQ(parse_retry_after(date, moment + 30s), 0ms) << date;
  }
  for (const char* other : {"", "-1", "1.5", "soon", "12 s", "Sun, 06 Nov 1994"}) {
    EXPECT_FALSE(parse_retry_after(other, moment)) << other;
  }
}

}  // namespace
}  // namespace wend::llm
