// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/rate_limit.h"

#include <gtest/gtest.h>

namespace wend::llm {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals alone.

constexpr net::Instant kNow{1h};

TEST(RateLimit, LetsEverythingThroughWithoutRules) {
  RateLimit limit({});
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(limit.take(kNow, 1e9), kNow);
  }
}

TEST(RateLimit, SpacesRequests) {
  RateLimit limit({60, {}});
  EXPECT_EQ(limit.take(kNow, 0), kNow);
  EXPECT_EQ(limit.take(kNow, 0), kNow + 1s);
  EXPECT_EQ(limit.take(kNow, 0), kNow + 2s);
  EXPECT_EQ(limit.take(kNow + 10s, 0), kNow + 10s);  // Time that nobody used is not saved up.
  EXPECT_EQ(limit.take(kNow + 10s, 0), kNow + 11s);
}

TEST(RateLimit, SpacesByTokensWhereTheyAreScarcer) {
  RateLimit limit({60, 6000});
  EXPECT_EQ(limit.take(kNow, 500), kNow);
  EXPECT_EQ(limit.take(kNow, 10), kNow + 5s);
  EXPECT_EQ(limit.take(kNow, 10), kNow + 6s);
}

TEST(RateLimit, CountsWhatACallReallyTook) {
  RateLimit limit({{}, 6000});
  EXPECT_EQ(limit.take(kNow, 100), kNow);
  limit.settle(100, 1000);
  EXPECT_EQ(limit.take(kNow, 100), kNow + 10s);
  limit.settle(100, 0);
  EXPECT_EQ(limit.take(kNow, 100), kNow + 10s);
  RateLimit({}).settle(1, 1e9);  // Nothing to count without a rule.
}

TEST(RateLimit, PausesEverybody) {
  RateLimit limit({});
  limit.pause(kNow + 30s);
  limit.pause(kNow + 10s);
  EXPECT_EQ(limit.take(kNow, 0), kNow + 30s);
  EXPECT_EQ(limit.take(kNow + 31s, 0), kNow + 31s);
}

}  // namespace
}  // namespace wend::llm
