// SPDX-License-Identifier: Apache-2.0
#include "wend/core/override.h"

#include <gtest/gtest.h>

namespace wend::core {
namespace {

TEST(Change, ReadsWhatItWrites) {
  for (const char* text : {"+0.1", "-0.1", "=0.8", "=0", "=1", "x1.2", "x0", "+1e-07"}) {
    const auto change = Change::parse(text);
    ASSERT_TRUE(change) << text;
    EXPECT_EQ(change->text(), text);
    EXPECT_EQ(Change::parse(change->text()).value(), *change);
  }
}

TEST(Change, RefusesWhatIsNoChange) {
  for (const char* text : {"",
                           "0.8",
                           "+",
                           "=",
                           "x",
                           "=1.1",
                           "=-0.1",
                           "x-1",
                           "+-0.1",
                           "--0.1",
                           "+0.1 ",
                           "+nan",
                           "=nan",
                           "xinf",
                           "+inf",
                           "*2",
                           "=0,8",
                           "+0x1"}) {
    EXPECT_FALSE(Change::parse(text)) << text;
  }
}

TEST(Change, StaysWithinZeroAndOne) {
  EXPECT_FLOAT_EQ(Change::parse("+0.1").value().apply(0.5F), 0.6F);
  EXPECT_EQ(Change::parse("+0.7").value().apply(0.5F), 1.0F);
  EXPECT_EQ(Change::parse("-0.7").value().apply(0.5F), 0.0F);
  EXPECT_FLOAT_EQ(Change::parse("x1.2").value().apply(0.5F), 0.6F);
  EXPECT_EQ(Change::parse("x3").value().apply(0.5F), 1.0F);
  EXPECT_FLOAT_EQ(Change::parse("=0.8").value().apply(0.0F), 0.8F);
}

TEST(Override, NamesRoundTrip) {
  for (const auto mode : {OverrideMode::kSet, OverrideMode::kAdd, OverrideMode::kScale}) {
    EXPECT_EQ(parse_override_mode(override_mode_name(mode)).value(), mode);
  }
  for (const auto metric : {OverrideMetric::kQuality, OverrideMetric::kCost}) {
    EXPECT_EQ(parse_override_metric(override_metric_name(metric)).value(), metric);
  }
  EXPECT_FALSE(parse_override_mode("Set"));
  EXPECT_FALSE(parse_override_metric("latency"));
}

}  // namespace
}  // namespace wend::core
