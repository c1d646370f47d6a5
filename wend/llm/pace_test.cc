// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/pace.h"

#include <deque>

#include <gtest/gtest.h>

namespace wend::llm {
namespace {

using std::chrono::milliseconds;

net::Instant at(int ms) {
  return net::Instant() + milliseconds(1'000'000 + ms);
}

/// Begins as many as may.
int begin_all(Pace& pace, int now) {
  int begun = 0;
  while (pace.may_begin(at(now))) {
    pace.begin(at(now));
    ++begun;
  }
  return begun;
}

TEST(Pace, LetsInWhatIsAllowed) {
  Pace pace(4);
  EXPECT_EQ(begin_all(pace, 0), 4);
  pace.end(at(0), at(1), false);
  EXPECT_EQ(begin_all(pace, 1), 1);
  EXPECT_EQ(pace.allowed(), 4);  // Never more than it was made for.
}

TEST(Pace, HalvesOnceForOneRoundOfRefusals) {
  Pace pace(8);
  begin_all(pace, 0);
  for (int i = 0; i < 8; ++i) {
    pace.end(at(0), at(10 + i), true);
  }
  EXPECT_EQ(pace.allowed(), 4);
  EXPECT_EQ(begin_all(pace, 20), 4);
  pace.end(at(20), at(30), true);
  EXPECT_EQ(pace.allowed(), 2);
}

TEST(Pace, RecoversByOneARound) {
  Pace pace(8);
  pace.begin(at(0));
  pace.end(at(0), at(1), true);
  ASSERT_EQ(pace.allowed(), 4);
  for (int i = 0; i < 5; ++i) {
    pace.begin(at(10 + i));
    pace.end(at(10 + i), at(11 + i), false);
  }
  EXPECT_NEAR(pace.allowed(), 5, 0.2);
  for (int i = 0; i < 100; ++i) {
    pace.begin(at(20 + i));
    pace.end(at(20 + i), at(21 + i), false);
  }
  EXPECT_EQ(pace.allowed(), 8);
}

TEST(Pace, KeepsAGapWhereOneAtATimeIsTooMuch) {
  Pace pace(1);
  pace.begin(at(0));
  pace.end(at(0), at(1), true);
  EXPECT_EQ(pace.allowed(), 1);
  EXPECT_EQ(pace.gap(), milliseconds(100));
  EXPECT_FALSE(pace.may_begin(at(99)));
  EXPECT_TRUE(pace.may_begin(at(100)));
  pace.begin(at(100));
  pace.end(at(100), at(101), true);
  EXPECT_EQ(pace.gap(), milliseconds(200));
  for (int i = 0; i < 20; ++i) {
    pace.begin(at(1000 * (i + 1)));
    pace.end(at(1000 * (i + 1)), at(1000 * (i + 1) + 1), true);
  }
  EXPECT_EQ(pace.gap(), milliseconds(30'000));
  for (int i = 0; i < 80; ++i) {
    pace.begin(at(100'000 * (i + 1)));
    pace.end(at(100'000 * (i + 1)), at(100'000 * (i + 1) + 1), false);
  }
  EXPECT_EQ(pace.gap().count(), 0);
}

TEST(Pace, FindsWhatAnUpstreamTakes) {
  // An upstream that refuses what is more than three at once, and answers in 10 ms.
  Pace pace(16);
  std::deque<int> under_way;  // When they began.
  int refused = 0;
  int answered = 0;
  for (int now = 0; now < 20'000; ++now) {
    while (!under_way.empty() && under_way.front() + 10 <= now) {
      pace.end(at(under_way.front()), at(now), false);
      under_way.pop_front();
      ++answered;
    }
    while (pace.may_begin(at(now))) {
      pace.begin(at(now));
      if (under_way.size() >= 3) {
        pace.end(at(now), at(now), true);
        ++refused;
        break;
      }
      under_way.push_back(now);
    }
  }
  EXPECT_GT(answered, 3000);  // Of 6,000 that there is room for.
  EXPECT_LT(refused, answered / 4);
}

}  // namespace
}  // namespace wend::llm
