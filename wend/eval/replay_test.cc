// SPDX-License-Identifier: Apache-2.0
#include "wend/eval/replay.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/eval/scripted_world.h"

namespace wend::eval {
namespace {

using testing::HasSubstr;

const std::vector<std::vector<double>> kQuality = {
    {0.1, 0.9}, {0.2, 0.8}, {1.0, kMissing}, {0.5, 0.5}};
const std::vector<std::vector<double>> kCost = {
    {0.0, 1.0}, {0.5, 2.5}, {0.1, 0.2}, {kMissing, 0.3}};

/// Says the truth of the row that the norm of the embedding tells.
core::Scores truth_of(const data::OutcomeTable& table, const core::Query& query) {
  core::Scores scores;
  const auto row = static_cast<std::size_t>(query.embedding_norm);
  for (std::size_t m = 0; m < table.models.size(); ++m) {
    scores.models.push_back(
        {table.quality(row, m), {}, static_cast<float>(table.cost(row, m)), {}, {}});
  }
  return scores;
}

TEST(Replay, LooksUpTheTruthOfWhatThePolicyChose) {
  const data::OutcomeTable table = scripted_table(kQuality, kCost);
  const data::Embeddings embeddings = scripted_embeddings(4);
  const ScriptedRouter router(table.models,
                              [&](const core::Query& query) { return truth_of(table, query); });
  const Fold fold = scripted_fold({0, 1, 2}, 42);
  const auto replayed = replay(router, policy::HighestUtility(), {table, embeddings, {}, 2}, fold);
  ASSERT_TRUE(replayed);
  ASSERT_EQ(replayed->choices.size(), 9);
  EXPECT_EQ(replayed->decide_microseconds.size(), 3);
  const std::vector<std::uint32_t> expected = {0, 0, 1, 0, 0, 1, 0, 0, 0};
  for (std::size_t i = 0; i < 9; ++i) {
    const Choice& choice = replayed->choices[i];
    EXPECT_EQ(choice.seed, 42);
    EXPECT_EQ(choice.row, i / 3);
    EXPECT_EQ(choice.preference, i % 3);
    EXPECT_EQ(choice.model, expected[i]) << i;
  }
  EXPECT_FLOAT_EQ(static_cast<float>(replayed->choices[2].truth.quality), 0.9F);
  EXPECT_EQ(replayed->choices[2].truth.cost_currency, 1.0);
  EXPECT_EQ(replayed->choices[2].predicted_cost, 1.0F);
}

TEST(Replay, KeepsTrueCostUnclampedAndMissingCellsUnknown) {
  const data::OutcomeTable table = scripted_table(kQuality, kCost);
  const Fold fold = scripted_fold({});
  EXPECT_EQ(look_up(table, fold.normaliser, 1, 1).cost, 2.5);
  EXPECT_TRUE(look_up(table, fold.normaliser, 1, 1).is_known());
  EXPECT_FALSE(look_up(table, fold.normaliser, 2, 1).is_known());
  EXPECT_FALSE(look_up(table, fold.normaliser, 3, 0).is_known());
  EXPECT_TRUE(std::isnan(look_up(table, fold.normaliser, 3, 0).cost));
}

TEST(Replay, HasCostZeroInAQualityOnlySet) {
  const data::OutcomeTable table = scripted_table(kQuality, {});
  const Truth truth = look_up(table, data::Normaliser(), 0, 1);
  EXPECT_TRUE(truth.is_known());
  EXPECT_EQ(truth.cost, 0);
  EXPECT_EQ(truth.cost_currency, 0);
  EXPECT_EQ(look_up(table, data::Normaliser(), 0, 1, 0.5).cost_currency, 0);
  EXPECT_FALSE(look_up(table, data::Normaliser(), 2, 1).is_known());
}

TEST(Replay, TakesARulesModelByPreferenceAndMapsTheRoutersOrderToTheTables) {
  const data::OutcomeTable table = scripted_table(kQuality, kCost);
  const data::Embeddings embeddings = scripted_embeddings(4);
  const ScriptedRouter router(
      {table.models[1], table.models[0]},
      [](const core::Query&) {
        return core::Scores{{{0.5F, {}, 0, {}, {}}, {0.5F, {}, 0, {}, {}}}, {}};
      },
      [](const core::Query&, core::Preference preference) {
        return std::optional<std::size_t>(preference.mu < 0.5 ? 1 : 0);
      });
  const auto replayed =
      replay(router, policy::HighestUtility(), {table, embeddings, {}, 1}, scripted_fold({3}));
  ASSERT_TRUE(replayed);
  EXPECT_EQ(replayed->choices[0].model, 0);
  EXPECT_EQ(replayed->choices[1].model, 1);
  EXPECT_EQ(replayed->choices[2].model, 1);
}

TEST(Replay, GivesRoutersTheTextTheRowAndThePlaceOfTheTrueLeaf) {
  data::OutcomeTable table = scripted_table(kQuality, kCost);
  table.taxonomy = *core::Taxonomy::build(
      {{"d", "d", "", "", {}, 0}, {"a", "a", "", "", 0, 1}, {"b", "b", "", "", 0, 1}});
  table.labels[1] = {{1, 1, 0.25F}, {1, 2, 0.75F}};
  table.labels[2] = {{2, 0, 1.0F}};
  const data::Embeddings embeddings = scripted_embeddings(4);
  const std::vector<std::string> texts = {"zero", "one", "two", "three"};
  std::vector<core::Query> seen;
  const ScriptedRouter router(table.models, [&](const core::Query& query) {
    seen.push_back(query);
    return truth_of(table, {query.text, query.embedding, 0, {}, {}});
  });
  ASSERT_TRUE(replay(
      router, policy::HighestUtility(), {table, embeddings, texts, 1}, scripted_fold({1, 2})));
  ASSERT_EQ(seen.size(), 2);
  EXPECT_EQ(seen[0].text, "one");
  EXPECT_EQ(seen[0].row, std::optional<std::size_t>(1));
  EXPECT_EQ(seen[0].task_label, std::optional<std::size_t>(1));
  EXPECT_EQ(seen[1].task_label, std::nullopt);
}

TEST(Replay, HandsOnWhatALanguageModelChoseAndPaysForAsking) {
  const data::OutcomeTable table = scripted_table(kQuality, kCost);
  const data::Embeddings embeddings = scripted_embeddings(4);
  const ScriptedRouter router(
      table.models,
      [&](const core::Query& query) { return truth_of(table, query); },
      [](const core::Query& query, core::Preference preference) {
        const std::string_view said = query.llm_choice[preference.mu < 0.4 ? 0 : 1].model;
        return said.empty() ? std::nullopt : std::optional<std::size_t>(said == "m1" ? 1 : 0);
      });
  std::vector<core::LlmChoice> choices(4 * kPreferences);
  choices[1 * kPreferences] = {"m1", 0.25};
  choices[1 * kPreferences + 1] = {"", 0.5};
  ReplayInputs inputs{table, embeddings, {}, 1};
  inputs.llm_choices = choices;
  const auto replayed = replay(router, policy::HighestUtility(), inputs, scripted_fold({1}));
  ASSERT_TRUE(replayed);
  const Choice& named = replayed->choices[0];
  EXPECT_EQ(named.model, 1);
  EXPECT_EQ(named.asking_cost, 0.25);
  EXPECT_EQ(named.truth.cost_currency, 2.75);
  EXPECT_EQ(named.truth.cost, 2.75);
  const Choice& unnamed = replayed->choices[1];
  EXPECT_EQ(unnamed.model, 0) << "as its scores say";
  EXPECT_EQ(unnamed.truth.cost, 1.0) << "what was asked in vain is paid too";
  EXPECT_EQ(replayed->choices[2].truth.cost, 2.5);
}

TEST(Replay, ChoosesTheSameOnAnyNumberOfThreads) {
  const std::vector<std::vector<double>> cells(500, {0.3, 0.7, 0.5});
  const data::OutcomeTable table = scripted_table(cells, cells);
  const data::Embeddings embeddings = scripted_embeddings(500);
  const ScriptedRouter router(table.models, [&](const core::Query& query) {
    core::Scores scores = truth_of(table, query);
    scores.models[*query.row % 3].quality = 2;
    return scores;
  });
  std::vector<std::uint32_t> rows(500);
  for (std::uint32_t i = 0; i < 500; ++i) {
    rows[i] = 499 - i;
  }
  const Fold fold = scripted_fold(rows);
  const auto one = replay(router, policy::HighestUtility(), {table, embeddings, {}, 1}, fold);
  const auto five = replay(router, policy::HighestUtility(), {table, embeddings, {}, 5}, fold);
  ASSERT_TRUE(one && five);
  for (std::size_t i = 0; i < one->choices.size(); ++i) {
    EXPECT_EQ(one->choices[i].row, five->choices[i].row);
    EXPECT_EQ(one->choices[i].model, five->choices[i].model);
  }
}

TEST(Replay, NamesTheQueryForWhichNothingIsLeft) {
  const data::OutcomeTable table = scripted_table(kQuality, kCost);
  const data::Embeddings embeddings = scripted_embeddings(4);
  const ScriptedRouter router(table.models, [](const core::Query&) {
    const float nan = std::nanf("");
    return core::Scores{{{nan, {}, 0, {}, {}}, {0.5F, {}, nan, {}, {}}}, {}};
  });
  const auto replayed =
      replay(router, policy::HighestUtility(), {table, embeddings, {}, 1}, scripted_fold({2}));
  ASSERT_FALSE(replayed);
  EXPECT_THAT(replayed.error().message,
              HasSubstr("query 'q2': no model is left to choose: 'm0': no predicted quality"));
}

TEST(Replay, RefusesARouterOfAnotherPool) {
  const data::OutcomeTable table = scripted_table(kQuality, kCost);
  const data::Embeddings embeddings = scripted_embeddings(4);
  const ScriptedRouter router({{"stranger", {}, {}, {}}},
                              [](const core::Query&) { return core::Scores{}; });
  const auto replayed =
      replay(router, policy::HighestUtility(), {table, embeddings, {}, 1}, scripted_fold({2}));
  ASSERT_FALSE(replayed);
  EXPECT_THAT(replayed.error().message,
              HasSubstr("model 'stranger' is not in pool 'main' of 'scripted'"));
}

}  // namespace
}  // namespace wend::eval
