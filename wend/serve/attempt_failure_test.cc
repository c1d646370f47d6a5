// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/attempt_failure.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wend::serve {
namespace {

using namespace std::chrono_literals;

const std::vector<AttemptRecord> kTwo = {{"large", "far", 0, "timeout", 1.0},
                                         {"small", "near", 503, "server_error", 0.1}};

TEST(DescribeFailure, TellsOfTheLastAttempt) {
  const ApiError error = describe_failure(kTwo, AttemptOutcome::kServerError, {});
  EXPECT_EQ(error.status, 502);
  EXPECT_EQ(error.code, "upstream_error");
  EXPECT_EQ(error.message,
            "2 calls failed; the last, of 'small' at upstream 'near', answered with status 503");
  EXPECT_FALSE(error.retry_after_s.has_value());
}

TEST(DescribeFailure, HasAStatusForEachKind) {
  const auto status = [](AttemptOutcome last) { return describe_failure(kTwo, last, {}).status; };
  EXPECT_EQ(status(AttemptOutcome::kLimited), 429);
  EXPECT_EQ(status(AttemptOutcome::kTimeout), 504);
  EXPECT_EQ(status(AttemptOutcome::kRefused), 502);
  EXPECT_EQ(status(AttemptOutcome::kBadAnswer), 502);
  EXPECT_EQ(status(AttemptOutcome::kUnreachable), 502);
}

TEST(DescribeFailure, SaysWhenToComeBackAndNeverAtOnce) {
  const auto seconds = [](std::optional<std::chrono::milliseconds> retry_after) {
    return *describe_failure(kTwo, AttemptOutcome::kLimited, retry_after).retry_after_s;
  };
  EXPECT_EQ(seconds({}), 1);
  EXPECT_EQ(seconds(0ms), 1);
  EXPECT_EQ(seconds(6001ms), 7);
}

}  // namespace
}  // namespace wend::serve
