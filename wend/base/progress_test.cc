// SPDX-License-Identifier: Apache-2.0
#include "wend/base/progress.h"

#include <gtest/gtest.h>

namespace wend::base {
namespace {

using std::chrono::seconds;

TEST(DescribeProgress, EstimatesTheTimeLeftFromTheShareDone) {
  EXPECT_EQ(describe_progress({"embed", 400, 100, seconds(10)}),
            "embed: 100 of 400 (25 %), 30 s left");
  EXPECT_EQ(describe_progress({"train", 100, 1, seconds(2)}),
            "train: 1 of 100 (1 %), 3 min 18 s left");
  EXPECT_EQ(describe_progress({"train", 100, 1, seconds(60)}),
            "train: 1 of 100 (1 %), 1 h 39 min left");
}

TEST(DescribeProgress, PromisesNothingBeforeTheFirstStep) {
  EXPECT_EQ(describe_progress({"embed", 400, 0, seconds(10)}), "embed: 0 of 400 (0 %)");
}

TEST(DescribeProgress, SaysWhatItTookAtTheEnd) {
  EXPECT_EQ(describe_progress({"embed", 400, 400, seconds(65)}),
            "embed: 400 of 400 (100 %), 1 min 05 s");
}

TEST(DescribeProgress, CountsWhenTheTotalIsUnknown) {
  EXPECT_EQ(describe_progress({"import", 0, 12, seconds(3)}), "import: 12 done in 3 s");
}

TEST(DescribeProgress, CountsNothingOfAStageWithoutSteps) {
  EXPECT_EQ(describe_progress({"write the store", 0, 0, seconds(3)}), "write the store");
  EXPECT_EQ(describe_progress({"write the store", 0, 0, seconds(3), true}),
            "write the store: done in 3 s");
}

TEST(DescribeProgress, EndsWithWhatElseThereIsToSay) {
  EXPECT_EQ(describe_progress({"label", 4, 1, seconds(2), false, "0.2 USD"}),
            "label: 1 of 4 (25 %), 6 s left, 0.2 USD");
}

TEST(StderrProgress, WritesPlainLinesWhenThereIsNoTerminal) {
  testing::internal::CaptureStderr();
  StderrProgress progress;
  progress.start("embed", 2);
  progress.advance(1);
  progress.advance(1);
  progress.note("0.2 USD");
  progress.finish();
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "embed: 0 of 2 (0 %)\nembed: 2 of 2 (100 %), 0 s, 0.2 USD\n");
}

}  // namespace
}  // namespace wend::base
