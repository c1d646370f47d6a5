// SPDX-License-Identifier: Apache-2.0
#include "wend/eval/fold.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/eval/scripted_world.h"

namespace wend::eval {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

data::OutcomeTable table_of(std::size_t rows) {
  const std::vector<std::vector<double>> cells(rows, {0.5, 1.0});
  return scripted_table(cells, cells);
}

std::size_t covered(const data::Split& split) {
  std::set<std::uint32_t> rows(split.train.begin(), split.train.end());
  rows.insert(split.validation.begin(), split.validation.end());
  rows.insert(split.test.begin(), split.test.end());
  EXPECT_EQ(rows.size(), split.train.size() + split.validation.size() + split.test.size());
  return rows.size();
}

TEST(SplitFolds, GiveEachSeedASplitOfItsOwn) {
  const data::OutcomeTable table = table_of(200);
  const auto folds = split_folds(table, {{}, 7, 3, data::NormaliserKind::kReference});
  ASSERT_TRUE(folds);
  ASSERT_EQ(folds->size(), 3);
  EXPECT_EQ((*folds)[0].seed, 7);
  EXPECT_EQ((*folds)[2].seed, 9);
  EXPECT_NE((*folds)[0].split.test, (*folds)[1].split.test);
  for (const Fold& fold : *folds) {
    EXPECT_EQ(covered(fold.split), 200);
    EXPECT_EQ(fold.normaliser.kind(), data::NormaliserKind::kReference);
  }
}

TEST(SplitFolds, SayWhichPartIsEmpty) {
  const auto folds = split_folds(table_of(2), {});
  ASSERT_FALSE(folds);
  EXPECT_THAT(folds.error().message, HasSubstr("test queries"));
}

TEST(SplitFolds, NeedNoTestPartWhereNothingIsTested) {
  FoldPlan plan{{0.75, 0.25, 0}, 1, 1};
  EXPECT_FALSE(split_folds(table_of(40), plan));
  plan.test_part = TestPart::kMayBeEmpty;
  const auto folds = split_folds(table_of(40), plan);
  ASSERT_TRUE(folds);
  EXPECT_EQ(folds->front().split.test.size(), 0);
  const auto none = split_folds(table_of(1), plan);
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message, HasSubstr("expected some in train and validation"));
}

TEST(LeaveOneDatasetOut, TestsEachDataSetOnARouterThatSawNoneOfIt) {
  const data::OutcomeTable table = table_of(100);
  const auto folds =
      leave_one_dataset_out_folds(table, {{}, 1, 2, data::NormaliserKind::kReference});
  ASSERT_TRUE(folds);
  ASSERT_EQ(folds->size(), 4);
  EXPECT_EQ((*folds)[0].held_out, "even");
  EXPECT_EQ((*folds)[1].held_out, "odd");
  for (const Fold& fold : *folds) {
    EXPECT_EQ(fold.split.test.size(), 50);
    EXPECT_EQ(covered(fold.split), 100);
    EXPECT_LT(fold.split.validation.size(), fold.split.train.size());
    for (const std::uint32_t row : fold.split.train) {
      EXPECT_NE(table.queries[row].dataset, fold.held_out);
    }
  }
}

TEST(LeaveOneDatasetOut, LeavesTextsOfTheHeldOutSetOutOfTraining) {
  data::OutcomeTable table = table_of(100);
  for (std::uint32_t row = 0; row < 100; row += 2) {
    table.normalised_texts[row + 1] =
        row < 20 ? table.normalised_texts[row] : table.normalised_texts[row + 1];
  }
  const auto folds =
      leave_one_dataset_out_folds(table, {{}, 1, 1, data::NormaliserKind::kReference});
  ASSERT_TRUE(folds);
  EXPECT_EQ(covered((*folds)[0].split), 90);
}

TEST(LeaveOneDatasetOut, NeedsTwoDataSets) {
  data::OutcomeTable table = table_of(10);
  for (core::QueryRecord& query : table.queries) {
    query.dataset = "one";
  }
  const auto folds = leave_one_dataset_out_folds(table, {});
  ASSERT_FALSE(folds);
  EXPECT_THAT(folds.error().message, HasSubstr("at least two values of the field 'dataset'"));
}

TEST(ColdStartFold, LearnsFromTheOtherCollectionAloneAndFromNoTestText) {
  const data::OutcomeTable test_table = table_of(40);
  data::OutcomeTable synthetic = table_of(400);
  for (std::size_t row = 40; row < 400; ++row) {
    synthetic.normalised_texts[row] += " of another kind";
  }
  const Fold test = split_folds(test_table, {{}, 5, 1, data::NormaliserKind::kReference})->front();
  const auto cold = cold_start_fold(synthetic, data::NormaliserKind::kReference, test_table, test);
  ASSERT_TRUE(cold);
  EXPECT_EQ(cold->seed, 5);
  EXPECT_THAT(cold->split.test, IsEmpty());
  EXPECT_EQ(covered(cold->split), 400 - test.split.test.size());
  EXPECT_NEAR(static_cast<double>(cold->split.train.size()) / 390, 0.75, 0.06);
  const auto none = cold_start_fold(table_of(2), data::NormaliserKind::kNone, test_table, test);
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message, HasSubstr("--train-on"));
}

}  // namespace
}  // namespace wend::eval
