// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/upstream_health.h"

#include <gtest/gtest.h>

namespace wend::serve {
namespace {

using namespace std::chrono_literals;

const UpstreamHealth::Instant kNow{1000s};

TEST(UpstreamHealth, PausesLongerWithEachFailureInARow) {
  UpstreamHealth health;
  EXPECT_FALSE(health.is_cooling(kNow));
  EXPECT_TRUE(health.failed(kNow, kNow));
  EXPECT_EQ(health.pause_left(kNow), 1s);
  EXPECT_FALSE(health.failed(kNow, kNow));
  EXPECT_EQ(health.pause_left(kNow), 2s);
  for (int i = 0; i < 40; ++i) {
    health.failed(kNow, kNow);
  }
  EXPECT_EQ(health.pause_left(kNow), 30s);
  EXPECT_TRUE(health.is_cooling(kNow + 29s));
  EXPECT_FALSE(health.is_cooling(kNow + 30s));
}

TEST(UpstreamHealth, IsWellAgainAfterAnAnswer) {
  UpstreamHealth health;
  health.failed(kNow, kNow);
  health.failed(kNow, kNow);
  health.succeeded(kNow);
  EXPECT_FALSE(health.is_cooling(kNow));
  health.failed(kNow, kNow);
  EXPECT_EQ(health.pause_left(kNow), 1s);
}

TEST(UpstreamHealth, HeedsRetryAfterWithinReason) {
  UpstreamHealth health;
  EXPECT_TRUE(health.limited(kNow, 7s));
  EXPECT_EQ(health.pause_left(kNow), 7s);
  EXPECT_FALSE(health.limited(kNow, std::nullopt));
  EXPECT_EQ(health.pause_left(kNow), 7s);
  health.limited(kNow, 10h);
  EXPECT_EQ(health.pause_left(kNow), 5min);
}

TEST(UpstreamHealth, AnAnswerFromBeforeThePauseDoesNotEndIt) {
  UpstreamHealth health;
  health.limited(kNow, 60s);
  health.succeeded(kNow - 1ms);
  EXPECT_EQ(health.pause_left(kNow), 60s);
  health.succeeded(kNow + 1ms);
  EXPECT_FALSE(health.is_cooling(kNow));
}

TEST(UpstreamHealth, FailuresOfOneMomentAreOne) {
  UpstreamHealth health;
  EXPECT_TRUE(health.failed(kNow, kNow + 10ms));
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(health.failed(kNow, kNow + 11ms));
  }
  EXPECT_EQ(health.pause_left(kNow + 10ms), 1s);
}

TEST(UpstreamHealth, ANegativeRetryAfterIsNoPause) {
  UpstreamHealth health;
  health.limited(kNow, -5s);
  EXPECT_FALSE(health.is_cooling(kNow));
}

}  // namespace
}  // namespace wend::serve
