// SPDX-License-Identifier: Apache-2.0
#include "wend/data/outcome_table.h"

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/base/random.h"

namespace wend::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

core::Outcome scored(std::uint32_t query,
                     std::uint32_t model,
                     float quality,
                     std::optional<double> cost,
                     std::uint32_t draw = 0) {
  core::Outcome outcome;
  outcome.query = query;
  outcome.model = model;
  outcome.draw = draw;
  outcome.quality = quality;
  outcome.cost = cost;
  return outcome;
}

core::Outcome with_status(core::OutcomeStatus status,
                          std::uint32_t query,
                          std::uint32_t model,
                          std::uint32_t draw = 0) {
  core::Outcome outcome = scored(query, model, 0.0F, 0.0, draw);
  outcome.status = status;
  return outcome;
}

/// Queries q0..q2, models cheap, dear and free (index 2), of which `free` has no cost anywhere.
Dataset small() {
  Dataset dataset;
  dataset.name = "small";
  for (const char* id : {"q0", "q1", "q2"}) {
    core::QueryRecord query;
    query.id = id;
    query.dataset = "d";
    query.prompt = std::string("prompt of ") + id;
    dataset.queries.push_back(query);
  }
  for (const char* id : {"cheap", "dear", "free"}) {
    dataset.models.push_back({id, {}, {}, {}, "{}"});
  }
  for (std::uint32_t query = 0; query < 3; ++query) {
    dataset.outcomes.push_back(scored(query, 0, 0.25F, 0.001));
    dataset.outcomes.push_back(scored(query, 1, 1.0F, 0.01));
    dataset.outcomes.push_back(scored(query, 2, 1.0F, std::nullopt));
  }
  return dataset;
}

std::vector<std::string> ids(const OutcomeTable& table) {
  std::vector<std::string> names;
  for (const auto& model : table.models) {
    names.push_back(model.id);
  }
  return names;
}

TEST(OutcomeTable, LeavesAModelWithoutAnyCostOutOfAPricedPoolAndSaysSo) {
  const OutcomeTable table = *OutcomeTable::build(small(), {});
  EXPECT_THAT(ids(table), ElementsAre("cheap", "dear"));
  EXPECT_THAT(table.notes,
              ElementsAre("model 'free' has no cost on any query and was left out of the pool; use "
                          "--normaliser none to route on "
                          "quality alone"));
  EXPECT_EQ(table.cost(2, 1), 0.01);
  EXPECT_TRUE(table.has_costs());
  EXPECT_EQ(table.pool, "all");
}

TEST(OutcomeTable, KeepsItWhereQualityAloneCounts) {
  const OutcomeTable table =
      *OutcomeTable::build(small(), {"", MissingCells::kDrop, CostUse::kQualityOnly});
  EXPECT_THAT(ids(table), ElementsAre("cheap", "dear", "free"));
  EXPECT_FALSE(table.has_costs());
  EXPECT_THAT(table.notes, IsEmpty());
}

TEST(OutcomeTable, BecomesQualityOnlyWhereNoModelHasACost) {
  Dataset dataset = small();
  for (core::Outcome& outcome : dataset.outcomes) {
    outcome.cost.reset();
  }
  const OutcomeTable table = *OutcomeTable::build(dataset, {});
  EXPECT_THAT(ids(table), SizeIs(3));
  EXPECT_FALSE(table.has_costs());
  EXPECT_THAT(table.notes, ElementsAre(HasSubstr("quality-only set")));
}

TEST(OutcomeTable, DropsOrKeepsAQueryWhoseCellHasNoCost) {
  Dataset dataset = small();
  dataset.outcomes[3].cost.reset();  // cheap on q1.
  const OutcomeTable dropped = *OutcomeTable::build(dataset, {});
  EXPECT_EQ(dropped.dropped_incomplete, 1U);
  EXPECT_EQ(dropped.queries[1].id, "q2");

  const OutcomeTable kept =
      *OutcomeTable::build(dataset, {"", MissingCells::kKeep, CostUse::kPriced});
  EXPECT_EQ(kept.dropped_incomplete, 0U);
  EXPECT_TRUE(std::isnan(kept.cost(1, 0)));
  EXPECT_FLOAT_EQ(kept.quality(1, 0), 0.25F);
}

TEST(OutcomeTable, NeverTakesAFailedOrUnscoredCellForAZero) {
  Dataset dataset = small();
  dataset.outcomes[0] = with_status(core::OutcomeStatus::kFailed, 0, 0);
  dataset.outcomes[4] = with_status(core::OutcomeStatus::kUnscored, 1, 1);
  const OutcomeTable dropped = *OutcomeTable::build(dataset, {});
  EXPECT_EQ(dropped.queries.size(), 1U);
  EXPECT_EQ(dropped.dropped_incomplete, 2U);

  const OutcomeTable kept =
      *OutcomeTable::build(dataset, {"", MissingCells::kKeep, CostUse::kPriced});
  EXPECT_TRUE(std::isnan(kept.quality(0, 0)));
  EXPECT_TRUE(std::isnan(kept.cost(0, 0)));
  EXPECT_TRUE(std::isnan(kept.quality(1, 1)));
}

TEST(OutcomeTable, AveragesTheDrawsThatWereScored) {
  Dataset dataset = small();
  dataset.outcomes.push_back(scored(0, 0, 0.75F, 0.003, 1));
  dataset.outcomes.push_back(with_status(core::OutcomeStatus::kFailed, 0, 0, 2));
  dataset.outcomes.push_back(scored(0, 0, 0.5F, std::nullopt, 3));
  const OutcomeTable table = *OutcomeTable::build(dataset, {});
  EXPECT_FLOAT_EQ(table.quality(0, 0), 0.5F);
  EXPECT_DOUBLE_EQ(table.cost(0, 0), 0.002);
}

TEST(OutcomeTable, IsTheSameInWhateverOrderTheRowsCame) {
  Dataset dataset = small();
  dataset.outcomes.push_back(scored(1, 0, 0.1F, 0.1, 1));
  dataset.outcomes.push_back(scored(1, 0, 0.7F, 0.3, 2));
  const OutcomeTable expected = *OutcomeTable::build(dataset, {});
  base::Random random(5);
  for (int trial = 0; trial < 20; ++trial) {
    random.shuffle(std::span(dataset.outcomes));
    std::swap(dataset.queries[0], dataset.queries[2]);
    for (core::Outcome& outcome : dataset.outcomes) {
      outcome.query = 2 - outcome.query;
    }
    const OutcomeTable table = *OutcomeTable::build(dataset, {});
    EXPECT_EQ(table.queries, expected.queries);
    EXPECT_EQ(table.quality, expected.quality);
    EXPECT_EQ(table.cost, expected.cost);
    EXPECT_EQ(content_sha256(table, {0, 1, 2}), content_sha256(expected, {0, 1, 2}));
  }
}

TEST(OutcomeTable, TakesTheMainPoolWhereThereIsOneAndNamesAMisspeltOne) {
  Dataset dataset = small();
  dataset.pools = {{"main", {"dear", "cheap"}}, {"instruct11", {"dear"}}};
  EXPECT_THAT(ids(*OutcomeTable::build(dataset, {})), ElementsAre("cheap", "dear"));
  EXPECT_EQ(OutcomeTable::build(dataset, {})->pool, "main");
  EXPECT_THAT(ids(*OutcomeTable::build(dataset, {"instruct11"})), ElementsAre("dear"));
  EXPECT_THAT(ids(*OutcomeTable::build(dataset, {"all"})), ElementsAre("cheap", "dear"));
  EXPECT_THAT(OutcomeTable::build(dataset, {"instuct11"}).error().message,
              HasSubstr("did you mean 'instruct11'?"));
}

TEST(OutcomeTable, SaysWhatRemovedEverything) {
  Dataset dataset = small();
  std::erase_if(dataset.outcomes, [](const core::Outcome& outcome) { return outcome.model == 1; });
  dataset.outcomes.push_back(scored(0, 1, 1, 0.5));
  std::erase_if(dataset.outcomes, [](const core::Outcome& outcome) {
    return outcome.model == 0 && outcome.query == 0;
  });
  EXPECT_THAT(OutcomeTable::build(dataset, {}).error().message, HasSubstr("'dear' has 1 of 3"));
  dataset.outcomes.clear();
  EXPECT_THAT(OutcomeTable::build(dataset, {}).error().message, HasSubstr("no outcomes"));
  EXPECT_THAT(OutcomeTable::build(Dataset{}, {}).error().message, HasSubstr("no queries"));
}

TEST(OutcomeTable, NormalisesTheTextThatIsRoutedOn) {
  Dataset dataset = small();
  dataset.queries[0].context = "  A\tcontext ";
  dataset.queries[0].prompt = "cafe\xCC\x81 \n now";
  EXPECT_EQ(OutcomeTable::build(dataset, {})->normalised_texts[0], "A context caf\xC3\xA9 now");
}

TEST(OutcomeTable, ScalesTheLabelsOfAQueryToSumToOne) {
  Dataset dataset = small();
  dataset.taxonomy =
      *core::Taxonomy::parse(R"({"nodes":[{"id":"a","name":"A"},{"id":"b","name":"B"}]})");
  dataset.labels = {{2, 1, 3.0F}, {2, 0, 1.0F}};
  const OutcomeTable table = *OutcomeTable::build(dataset, {});
  EXPECT_THAT(table.labels[0], IsEmpty());
  ASSERT_THAT(table.labels[2], SizeIs(2));
  EXPECT_EQ(table.labels[2][0], (core::TaskLabel{2, 0, 0.25F}));
  EXPECT_EQ(table.labels[2][1], (core::TaskLabel{2, 1, 0.75F}));
}

TEST(OutcomeTable, CarriesLatencyAndTokensWhereSomeOutcomeHasThem) {
  Dataset dataset = small();
  EXPECT_TRUE(OutcomeTable::build(dataset, {})->latency_s.empty());
  dataset.outcomes[0].latency_s = 1.5F;
  dataset.outcomes[0].output_tokens = 7;
  const OutcomeTable table = *OutcomeTable::build(dataset, {});
  EXPECT_FLOAT_EQ(table.latency_s(0, 0), 1.5F);
  EXPECT_TRUE(std::isnan(table.latency_s(1, 0)));
  EXPECT_FLOAT_EQ(table.output_tokens(0, 0), 7.0F);
  EXPECT_TRUE(std::isnan(table.output_tokens(0, 1)));
}

TEST(ContentHash, SeesEveryCellOfItsRowsAndNoOther) {
  Dataset dataset = small();
  const OutcomeTable table = *OutcomeTable::build(dataset, {});
  const std::string of_two = content_sha256(table, {0, 1});
  OutcomeTable changed = table;
  changed.quality(2, 0) = 0.125F;
  changed.queries[2].prompt = "other";
  EXPECT_EQ(content_sha256(changed, {0, 1}), of_two);
  EXPECT_NE(content_sha256(table, {1, 0}), of_two);
  changed.cost(1, 1) = 0.02;
  EXPECT_NE(content_sha256(changed, {0, 1}), of_two);
  changed = table;
  changed.queries[0].prompt += ".";
  EXPECT_NE(content_sha256(changed, {0, 1}), of_two);
  changed = table;
  changed.models[0].output_price_per_mtok = 0.0;
  EXPECT_NE(content_sha256(changed, {0, 1}), of_two);
}

TEST(OutcomeTable, TakesTheModelsThatAreListedInsteadOfAPool) {
  Dataset dataset = small();
  dataset.pools = {{"main", {"cheap"}}};
  TableOptions options;
  options.models = {"dear", "cheap"};
  const auto table = OutcomeTable::build(dataset, options);
  ASSERT_TRUE(table) << table.error().message;
  ASSERT_THAT(table->models, SizeIs(2));
  EXPECT_EQ(table->models[0].id, "cheap");
  options.models.push_back("absent");
  EXPECT_THAT(OutcomeTable::build(dataset, options).error().message,
              HasSubstr("no model 'absent'"));
}

}  // namespace
}  // namespace wend::data
