// SPDX-License-Identifier: Apache-2.0
#include "wend/label/run_models.h"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/core/memory_call_ledger.h"
#include "wend/label/held_runner.h"
#include "wend/label/saying_runner.h"
#include "wend/llm/ledger_key.h"

namespace wend::label {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::SizeIs;

data::Dataset three_queries() {
  data::Dataset dataset;
  dataset.name = "mine";
  for (const char* id : {"a", "b", "c"}) {
    core::QueryRecord query;
    query.id = id;
    query.prompt = std::string("prompt of ") + id;
    query.reference = "7";
    query.metric = "numeric";
    dataset.queries.push_back(query);
  }
  dataset.queries[2].metric = "win_rate";
  dataset.models.resize(2);
  dataset.models[0].id = "small";
  dataset.models[1].id = "large";
  return dataset;
}

Questionnaire questionnaire(const data::Dataset& dataset) {
  Questionnaire asked;
  asked.dataset = &dataset;
  asked.parameters.max_tokens = 100;
  asked.draws = 2;
  for (std::uint32_t i = 0; i < 2; ++i) {
    Candidate candidate;
    candidate.id = dataset.models[i].id;
    candidate.model = i;
    candidate.lane = i;
    candidate.upstream_model = candidate.id + "-up";
    candidate.prices = {1.0, 0.5, 4.0};
    asked.candidates.push_back(candidate);
  }
  return asked;
}

llm::PaidReply reply_to(const llm::PaidCall& call, const std::string& text) {
  llm::PaidReply reply;
  reply.row = call.row;
  reply.row.reply.text = text;
  reply.row.reply.usage = {20, 10, 4};
  reply.row.latency_s = 0.5;
  return reply;
}

TEST(Cells, AreCalledByEveryQueryModelAndDrawOnce) {
  const data::Dataset dataset = three_queries();
  const Questionnaire asked = questionnaire(dataset);
  ASSERT_EQ(asked.cell_count(), 12U);
  std::set<std::string> keys;
  for (std::size_t i = 0; i < asked.cell_count(); ++i) {
    keys.insert(call_of(asked, cell_at(asked, i)).row.key);
  }
  EXPECT_THAT(keys, SizeIs(12));
}

TEST(Cells, PutTheTextIntoTheTemplate) {
  core::QueryRecord query;
  query.context = "It rains. {{question}}";
  query.prompt = "Wet?";
  EXPECT_EQ(question_text(query, ""), "It rains. {{question}}\n\nWet?");
  EXPECT_EQ(question_text(query, "Q: {{question}}\nA {{question"),
            "Q: It rains. {{question}}\n\nWet?\nA {{question");
}

TEST(Cells, WhatTheUpstreamAloneWantsChangesNoKey) {
  const data::Dataset dataset = three_queries();
  Questionnaire asked = questionnaire(dataset);
  const llm::PaidCall plain = call_of(asked, {0, 0, 0});
  asked.candidates[0].extra_body = R"({"cache_prompt":false})";
  const llm::PaidCall call = call_of(asked, {0, 0, 0});
  EXPECT_EQ(call.row.key, plain.row.key);
  EXPECT_EQ(call.row.parameters_json, R"({"max_tokens":100})");
  EXPECT_EQ(call.chat.parameters.extra_json, R"({"cache_prompt":false})");
  EXPECT_EQ(call.chat.model, "small-up");
  asked.parameters.extra_json = R"({"top_p":0.5})";
  EXPECT_NE(call_of(asked, {0, 0, 0}).row.key, plain.row.key);
}

TEST(ModelRun, GivesEachLaneItsCellsQueryByQuery) {
  const data::Dataset dataset = three_queries();
  const Questionnaire asked = questionnaire(dataset);
  ModelRun run(asked, 2, 1);
  std::set<std::size_t> cells;
  for (std::size_t lane = 0; lane < 2; ++lane) {
    std::vector<std::string> order;
    while (const auto planned = *run.next(lane)) {
      EXPECT_EQ(planned->call.row.model, lane == 0 ? "small" : "large");
      EXPECT_EQ(call_of(asked, cell_at(asked, planned->cell)).row.key, planned->call.row.key);
      cells.insert(planned->cell);
      order.push_back(planned->call.row.query_id);
    }
    ASSERT_THAT(order, SizeIs(6));
    EXPECT_EQ(order[0], order[1]);
    EXPECT_FALSE(*run.next(lane));
  }
  EXPECT_THAT(cells, SizeIs(12));
}

TEST(ModelRun, EstimatesWhatTheLedgerLacks) {
  const data::Dataset dataset = three_queries();
  const Questionnaire asked = questionnaire(dataset);
  core::MemoryCallLedger ledger;
  ModelRun first(asked, 2, 1);
  const Estimate before = *first.estimate(ledger);
  EXPECT_EQ(before.calls, 12U);
  EXPECT_DOUBLE_EQ(before.output_tokens, 1200);  // Nothing is known yet: all of max_tokens.
  EXPECT_THAT(before.unscored_queries,
              ElementsAre(Pair("metric 'win_rate' cannot be scored here", 1)));

  const llm::PaidReply known = reply_to(call_of(asked, {0, 0, 0}), "7");
  ledger.put(known.row.key, llm::to_json_line(known.row), [](const base::Status&) {});
  ModelRun second(asked, 2, 1);
  const Estimate after = *second.estimate(ledger);
  EXPECT_EQ(after.reused, 1U);
  EXPECT_EQ(after.calls, 11U);
  EXPECT_NEAR(after.output_tokens, 5 * 10 + 6 * 100, 1e-9);
  EXPECT_EQ(after.unpriced_calls, 0U);
}

TEST(ModelRun, CountsAPromptThatStandsTwiceOnce) {
  data::Dataset dataset = three_queries();
  dataset.queries[1].prompt = dataset.queries[0].prompt;
  const Questionnaire asked = questionnaire(dataset);
  core::MemoryCallLedger ledger;
  const Estimate estimate = *ModelRun(asked, 2, 1).estimate(ledger);
  EXPECT_EQ(estimate.cells, 12U);
  EXPECT_EQ(estimate.calls, 8U);
}

class ModelRunOutcomes : public ::testing::Test {
 protected:
  ModelRunOutcomes() : asked_(questionnaire(dataset_)), run_(asked_, 2, 1) {
    run_.deliver_to(
        [this](std::span<const core::Outcome> batch) {
          outcomes_.insert(outcomes_.end(), batch.begin(), batch.end());
          return base::Status();
        },
        [](const llm::RunReport&) {});
  }

  /// The outcome of a cell that ends so.
  core::Outcome outcome(const Cell& cell, llm::CallResult<llm::PaidReply> result) {
    const std::size_t index = (cell.query * 2 + cell.candidate) * 2 + cell.draw;
    EXPECT_TRUE(run_.take(index, std::move(result)));
    EXPECT_TRUE(run_.flush());
    return outcomes_.back();
  }

  data::Dataset dataset_ = three_queries();
  Questionnaire asked_;
  ModelRun run_;
  std::vector<core::Outcome> outcomes_;
};

TEST_F(ModelRunOutcomes, AreScoredAndPriced) {
  const llm::PaidReply reply = reply_to(call_of(asked_, {1, 1, 1}), "Answer: 7");
  const core::Outcome made = outcome({1, 1, 1}, reply);
  EXPECT_EQ(made.query, 1U);
  EXPECT_EQ(made.model, 1U);
  EXPECT_EQ(made.draw, 1U);
  EXPECT_EQ(made.quality, 1.0F);
  EXPECT_EQ(made.input_tokens, 20U);
  EXPECT_DOUBLE_EQ(*made.cost, (16 * 1.0 + 4 * 0.5 + 10 * 4.0) / 1e6);
  EXPECT_EQ(made.extra_json,
            fmt::format(R"({{"cached_tokens":4,"reply_id":"{}"}})", reply.row.key));
  EXPECT_EQ(run_.tally().input_tokens, 20U);
}

TEST_F(ModelRunOutcomes, AreWrongWhereAReplyIsEmptyAndScoredWhereItWasCut) {
  EXPECT_EQ(outcome({0, 0, 0}, reply_to(call_of(asked_, {0, 0, 0}), "")).quality, 0.0F);
  llm::PaidReply cut = reply_to(call_of(asked_, {0, 0, 0}), "It is 7");
  cut.row.reply.finish_reason = "length";
  const core::Outcome made = outcome({0, 0, 0}, cut);
  EXPECT_EQ(made.quality, 1.0F);
  EXPECT_THAT(made.extra_json, HasSubstr(R"("finish_reason":"length")"));
  EXPECT_EQ(run_.tally().cut, 1U);
}

TEST_F(ModelRunOutcomes, HaveNoQualityWhereNothingCouldBeScoredOrTheCallFailed) {
  const core::Outcome unscored = outcome({2, 0, 0}, reply_to(call_of(asked_, {2, 0, 0}), "x"));
  EXPECT_EQ(unscored.status, core::OutcomeStatus::kUnscored);
  EXPECT_FALSE(unscored.quality);
  EXPECT_TRUE(unscored.cost);
  const core::Outcome failed =
      outcome({0, 1, 0}, tl::unexpected(llm::CallFailure{{base::Code::kUnavailable, "503", {}}}));
  EXPECT_EQ(failed.status, core::OutcomeStatus::kFailed);
  EXPECT_FALSE(failed.quality);
  EXPECT_FALSE(failed.cost);
  EXPECT_EQ(failed.extra_json, R"({"why":"503"})");
  EXPECT_THAT(run_.tally().failures, ElementsAre(Pair("503", 1)));
}

/// With a query whose replies are programs, and a ledger that has the replies, as it would.
class ModelRunPrograms : public ModelRunOutcomes {
 protected:
  ModelRunPrograms() : programs_(dataset_) {
    dataset_.queries[1].metric = "pass@1";
    run_.score_with(ReplyScorer(dataset_, &programs_));
    run_.run_programs_with(programs_, ledger_);
  }

  void take(const Cell& cell, const std::string& text) {
    const llm::PaidReply reply = reply_to(call_of(asked_, cell), text);
    ledger_.put(reply.row.key, llm::to_json_line(reply.row), [](const base::Status&) {});
    EXPECT_TRUE(run_.take(index_of(asked_, cell), reply));
  }

  void finish() {
    base::SilentProgress progress;
    EXPECT_TRUE(run_.finish_programs(progress));
    EXPECT_TRUE(run_.flush());
  }

  /// What was delivered of a cell; a cell without an outcome has no model.
  core::Outcome outcome_at(const Cell& cell) {
    const auto found = std::ranges::find_if(outcomes_, [&](const core::Outcome& outcome) {
      return outcome.query == cell.query && outcome.model == cell.candidate &&
             outcome.draw == cell.draw;
    });
    return found == outcomes_.end() ? core::Outcome{} : *found;
  }

  core::MemoryCallLedger ledger_;
  SayingRunner runner_;
  ProgramRuns programs_;
};

TEST_F(ModelRunPrograms, MakeOutcomesWhenTheyHaveEnded) {
  programs_.start(runner_, 2);
  take({1, 0, 0}, "right");
  take({1, 0, 1}, "wrong");
  take({1, 1, 0}, "broken");
  take({1, 1, 1}, "right");
  take({0, 0, 0}, "Answer: 7");
  finish();
  ASSERT_THAT(outcomes_, SizeIs(5));
  EXPECT_EQ(runner_.runs(), 3) << "the same reply twice is one program";
  EXPECT_EQ(outcome_at({1, 0, 0}).quality, 1.0F);
  EXPECT_EQ(outcome_at({1, 1, 1}).quality, 1.0F);
  EXPECT_EQ(outcome_at({0, 0, 0}).quality, 1.0F);
  const core::Outcome wrong = outcome_at({1, 0, 1});
  EXPECT_EQ(wrong.quality, 0.0F);
  EXPECT_EQ(wrong.input_tokens, 20U);
  EXPECT_TRUE(wrong.cost);
  const core::Outcome broken = outcome_at({1, 1, 0});
  EXPECT_EQ(broken.status, core::OutcomeStatus::kUnscored);
  EXPECT_FALSE(broken.quality);
  EXPECT_THAT(broken.extra_json,
              AllOf(HasSubstr(R"("why":"the tests are broken")"), HasSubstr("reply_id")));
  EXPECT_EQ(run_.tally().scored, 4U);
  EXPECT_EQ(run_.tally().input_tokens, 100U) << "a reply counts once, not again when it is scored";
}

TEST_F(ModelRunPrograms, ThatFindNoRoomAreRunWhenThereIs) {
  asked_.draws = static_cast<std::uint32_t>(2 * CodeQueue::kWaiting);
  HeldRunner held;
  programs_.start(held, 1);
  for (std::uint32_t draw = 0; draw < asked_.draws; ++draw) {
    take({1, 0, draw}, std::to_string(draw));
  }
  EXPECT_FALSE(programs_.has_room());
  EXPECT_THAT(outcomes_, SizeIs(0));
  held.let();
  finish();
  EXPECT_THAT(outcomes_, SizeIs(asked_.draws));
  EXPECT_EQ(run_.tally().scored, asked_.draws);
}

}  // namespace
}  // namespace wend::label
