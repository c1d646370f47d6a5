// SPDX-License-Identifier: Apache-2.0
#include "wend/data/training_set.h"

#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/base/hash.h"

namespace wend::data {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// `rows` queries and two models; row i costs i + 1 on the second.
OutcomeTable table_of(std::vector<std::string> texts) {
  OutcomeTable table;
  table.models = {{"small", {}, {}, {}, "{}"}, {"large", {}, {}, {}, "{}"}};
  table.quality = base::Matrix(texts.size(), 2, 0.5F);
  table.cost = base::BasicMatrix<double>(texts.size(), 2, 0.5);
  table.input_tokens = base::Matrix(texts.size(), 2, 10.0F);
  table.output_tokens = base::Matrix(texts.size(), 2, std::numeric_limits<float>::quiet_NaN());
  table.queries.resize(texts.size());
  table.labels.resize(texts.size());
  for (std::size_t row = 0; row < texts.size(); ++row) {
    table.quality(row, 0) = static_cast<float>(row);
    table.cost(row, 1) = static_cast<double>(row + 1);
  }
  table.normalised_texts = std::move(texts);
  return table;
}

Embeddings vectors_of(std::size_t rows) {
  base::Matrix pooled(rows, 2);
  for (std::size_t row = 0; row < rows; ++row) {
    pooled(row, 0) = 3.0F * static_cast<float>(row + 1);
    pooled(row, 1) = 4.0F * static_cast<float>(row + 1);
  }
  return Embeddings::from_pooled(pooled);
}

TrainingSet build(const OutcomeTable& table, const Split& split) {
  const Embeddings embeddings = vectors_of(table.queries.size());
  const Embeddings tasks = vectors_of(table.taxonomy.nodes().size());
  const Normaliser normaliser = Normaliser::fit(NormaliserKind::kReference, table, split.train);
  return build_training_set({table, embeddings, tasks, split, normaliser, 3});
}

TEST(FewShots, KeepsTheFirstRowsOfEachTaskTypeByItsHeaviestLabel) {
  OutcomeTable table = table_of({"a", "b", "c", "d", "e", "f"});
  table.labels = {{{0, 1, 1.0F}},
                  {{1, 1, 0.3F}, {1, 2, 0.7F}},
                  {{2, 1, 1.0F}},
                  {},
                  {{4, 1, 1.0F}},
                  {{5, 2, 1.0F}}};
  const TrainingSet set = build(table, {{0, 1, 2, 3, 4, 5}, {}, {}});
  const Examples few = few_shots(set.train, 2);
  EXPECT_EQ(few.text_sha256,
            (std::vector{base::sha256_hex("a"),
                         base::sha256_hex("b"),
                         base::sha256_hex("c"),
                         base::sha256_hex("f")}));
  EXPECT_THAT(few.quality.row(3), ElementsAre(5.0F, 0.5F));
  EXPECT_EQ(few.embeddings.norms[3], set.train.embeddings.norms[5]);
  EXPECT_EQ(few.labels[3].front().query, 3U);
  EXPECT_EQ(few_shots(set.train, 0).size(), 0U);
}

TEST(Embeddings, AreUnitVectorsBesideTheirNorms) {
  const Embeddings embeddings = vectors_of(2);
  EXPECT_FLOAT_EQ(embeddings.unit(1, 0), 0.6F);
  EXPECT_FLOAT_EQ(embeddings.unit(1, 1), 0.8F);
  EXPECT_THAT(embeddings.norms, ElementsAre(5.0F, 10.0F));
  EXPECT_EQ(Embeddings::from_pooled(base::Matrix(1, 4)).unit,
            base::Matrix(1, 4));  // The zero vector stays zero.
}

TEST(TrainingSet, HoldsEachTextOnceAndNothingOfTest) {
  const OutcomeTable table = table_of({"a", "b", "a", "c", "c", "d", "b"});
  const TrainingSet set = build(table, {{0, 1, 2}, {3, 4, 6}, {5}});
  EXPECT_THAT(set.train.text_sha256, ElementsAre(base::sha256_hex("a"), base::sha256_hex("b")));
  EXPECT_THAT(set.validation.text_sha256, ElementsAre(base::sha256_hex("c")));
  EXPECT_FLOAT_EQ(set.validation.quality(0, 0), 3.0F);
  EXPECT_FLOAT_EQ(set.validation.embeddings.norms[0], 20.0F);
}

TEST(TrainingSet, ClampsCostsAndKeepsMissingOnesMissing) {
  OutcomeTable table = table_of({"a", "b", "c"});
  table.cost(1, 0) = std::numeric_limits<double>::quiet_NaN();
  table.cost(2, 1) = 1e6;
  const TrainingSet set = build(table, {{0, 1}, {2}, {}});
  EXPECT_TRUE(std::isnan(set.train.cost_normalised(1, 0)));
  EXPECT_EQ(set.validation.cost_normalised(0, 1), 1.0F);
  EXPECT_THAT(set.mean_cost, ElementsAre(0.5, 1.5));
  EXPECT_DOUBLE_EQ(set.mean_input_tokens[1], 10);
  EXPECT_TRUE(std::isnan(set.mean_output_tokens[0]));
}

TEST(TrainingSet, HasZeroCostsInAQualityOnlySet) {
  OutcomeTable table = table_of({"a", "b"});
  table.cost = {};
  const TrainingSet set = build(table, {{0}, {1}, {}});
  EXPECT_FALSE(set.has_costs);
  EXPECT_EQ(set.train.cost_normalised, base::Matrix(1, 2));
  EXPECT_TRUE(std::isnan(set.mean_cost[0]));
}

TEST(TrainingSet, IsTheSameWhateverTestOutcomesAre) {
  OutcomeTable table = table_of({"a", "b", "c"});
  const Split split{{0}, {1}, {2}};
  const TrainingSet before = build(table, split);
  table.quality(2, 0) = 0.99F;
  table.cost(2, 1) = 1e-9;
  table.input_tokens(2, 0) = 12345;
  const TrainingSet after = build(table, split);
  EXPECT_EQ(after.train.quality, before.train.quality);
  EXPECT_EQ(after.train.cost_normalised, before.train.cost_normalised);
  EXPECT_EQ(after.validation.cost_normalised, before.validation.cost_normalised);
  EXPECT_EQ(after.normaliser.to_json(), before.normaliser.to_json());
  EXPECT_EQ(after.mean_cost, before.mean_cost);
  EXPECT_EQ(after.mean_input_tokens, before.mean_input_tokens);
}

TEST(TrainingSet, NumbersTheLabelsByItsOwnRows) {
  OutcomeTable table = table_of({"a", "b", "c"});
  table.taxonomy = *core::Taxonomy::parse(R"({"nodes":[{"id":"x","name":"X"}]})");
  table.labels[2] = {{2, 0, 1.0F}};
  const TrainingSet set = build(table, {{1, 2}, {0}, {}});
  EXPECT_THAT(set.train.labels[0], IsEmpty());
  EXPECT_THAT(set.train.labels[1], ElementsAre(core::TaskLabel{1, 0, 1.0F}));
}

}  // namespace
}  // namespace wend::data
