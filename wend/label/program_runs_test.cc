// SPDX-License-Identifier: Apache-2.0
#include "wend/label/program_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/core/memory_call_ledger.h"
#include "wend/label/reply_scorer.h"
#include "wend/label/saying_runner.h"

namespace wend::label {
namespace {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

/// Two queries whose replies are programs, one of them without tests, and one that counts.
data::Dataset code_and_numbers() {
  data::Dataset dataset;
  for (const char* const reference : {"assert f() == 1", " ", "7"}) {
    core::QueryRecord query;
    query.id = std::to_string(dataset.queries.size());
    query.prompt = "Write f.";
    query.reference = reference;
    query.metric = "pass@1";
    dataset.queries.push_back(query);
  }
  dataset.queries[2].metric = "numeric";
  return dataset;
}

std::vector<std::size_t> all_ended(ProgramRuns& programs) {
  std::vector<std::size_t> cells;
  for (;;) {
    const std::vector<std::size_t> some = programs.wait_ended();
    if (some.empty()) {
      return cells;
    }
    cells.insert(cells.end(), some.begin(), some.end());
  }
}

TEST(ProgramRuns, RunOnceForAllCellsThatWaitForThem) {
  const data::Dataset dataset = code_and_numbers();
  const SayingRunner runner;
  ProgramRuns programs(dataset);
  EXPECT_THAT(programs.take_ended(), IsEmpty()) << "nothing was started";
  programs.start(runner, 2);
  EXPECT_EQ(programs.find(0, "right"), nullptr);
  EXPECT_TRUE(programs.want(10, 0, "right"));
  EXPECT_TRUE(programs.want(11, 0, "right"));
  EXPECT_TRUE(programs.want(12, 0, "wrong"));
  EXPECT_TRUE(programs.want(13, 1, "right")) << "another query's tests are other tests";
  EXPECT_EQ(programs.open_cells(), 4U);
  EXPECT_THAT(all_ended(programs), UnorderedElementsAre(10, 11, 12, 13));
  EXPECT_EQ(programs.open_cells(), 0U);
  EXPECT_EQ(runner.runs(), 3);
  EXPECT_TRUE(programs.find(0, "right")->value());
  EXPECT_FALSE(programs.find(0, "wrong")->value());
}

TEST(ReplyScorer, LooksUpWhatCameOfAProgram) {
  const data::Dataset dataset = code_and_numbers();
  const SayingRunner runner;
  ProgramRuns programs(dataset);
  programs.start(runner, 1);
  const ReplyScorer scorer(dataset, &programs);
  EXPECT_TRUE(scorer.runs_programs());
  EXPECT_EQ(scorer.why_unscored(0), "");
  EXPECT_EQ(scorer.why_unscored(1), "no reference");
  EXPECT_FALSE(scorer.scores(1, "right")->awaits_program);
  EXPECT_EQ(scorer.scores(2, "7")->quality, 1.0);
  for (const char* const reply : {"right", "wrong", "broken"}) {
    EXPECT_TRUE(scorer.scores(0, reply)->awaits_program);
    EXPECT_FALSE(scorer.scores(0, reply)->quality);
    EXPECT_TRUE(programs.want(0, 0, reply));
  }
  all_ended(programs);
  EXPECT_EQ(scorer.scores(0, "right")->quality, 1.0);
  EXPECT_EQ(scorer.scores(0, "wrong")->quality, 0.0);
  EXPECT_FALSE(scorer.scores(0, "broken")->quality);
  EXPECT_FALSE(scorer.scores(0, "broken")->awaits_program);
  EXPECT_EQ(scorer.scores(0, "broken")->why_unscored, "the tests are broken");
}

TEST(ReplyScorer, RunsNothingWhereNothingCanOrTheJudgeAloneScores) {
  const data::Dataset dataset = code_and_numbers();
  const ReplyScorer bare(dataset);
  EXPECT_FALSE(bare.runs_programs());
  EXPECT_EQ(bare.why_unscored(0), "metric 'pass@1' cannot be scored here");
  const ProgramRuns programs(dataset);
  const Judge judge;
  core::MemoryCallLedger ledger;
  const ReplyScorer judged(dataset, Scoring::kJudge, judge, ledger, &programs);
  EXPECT_FALSE(judged.runs_programs());
  EXPECT_FALSE(judged.scores(0, "right")->awaits_program);
  EXPECT_TRUE(judged.scores(0, "right")->awaits_judge);
  const ReplyScorer both(dataset, Scoring::kBoth, judge, ledger, &programs);
  EXPECT_TRUE(both.runs_programs());
  EXPECT_TRUE(both.scores(0, "right")->awaits_program);
}

}  // namespace
}  // namespace wend::label
