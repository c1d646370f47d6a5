// SPDX-License-Identifier: Apache-2.0
#include "wend/data/normaliser.h"

#include <cmath>
#include <limits>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wend::data {
namespace {

using ::testing::HasSubstr;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Rows 0..3 of dataset "a", 4 and 5 of "b"; model 0 is the cheap one.
OutcomeTable priced_table() {
  OutcomeTable table;
  table.models = {{"cheap", {}, {}, {}, "{}"}, {"dear", {}, {}, {}, "{}"}};
  table.cost = base::BasicMatrix<double>(6, 2);
  const double dear[] = {0.5, 1.0, 2.0, 4.0, 100.0, 200.0};
  for (std::size_t row = 0; row < 6; ++row) {
    core::QueryRecord query;
    query.dataset = row < 4 ? "a" : "b";
    table.queries.push_back(query);
    table.cost(row, 0) = 0.25;
    table.cost(row, 1) = dear[row];
  }
  table.labels.resize(6);
  table.taxonomy =
      *core::Taxonomy::parse(R"({"nodes":[{"id":"x","name":"X"},{"id":"y","name":"Y"}]})");
  table.labels[0] = {{0, 0, 0.4F}, {0, 1, 0.6F}};
  table.labels[1] = {{1, 0, 1.0F}};
  return table;
}

Normaliser fit(NormaliserKind kind,
               const OutcomeTable& table,
               std::vector<std::uint32_t> rows = {0, 1, 2, 3}) {
  return Normaliser::fit(kind, table, rows);
}

TEST(Normaliser, ReferenceIsThe99thPercentileOfTheDearestModelOnTheGivenRowsAlone) {
  const Normaliser reference = fit(NormaliserKind::kReference, priced_table());
  const double c_ref = 3.9399999999999995;  // numpy.percentile([0.5, 1, 2, 4], 99)
  EXPECT_DOUBLE_EQ(reference.normalise(c_ref), 1.0);
  EXPECT_DOUBLE_EQ(reference.normalise(0), 0.0);
  EXPECT_DOUBLE_EQ(reference.normalise(2 * c_ref), 2.0);
  EXPECT_DOUBLE_EQ(reference.normalise_clamped(2 * c_ref), 1.0);
  EXPECT_DOUBLE_EQ(*reference.invert(0.5), c_ref / 2);
}

TEST(Normaliser, IsTheSameWhateverTheOtherRowsHold) {
  OutcomeTable table = priced_table();
  const std::string before = fit(NormaliserKind::kReference, table).to_json() +
                             fit(NormaliserKind::kDatasetMinMaxTrain, table).to_json();
  table.cost(4, 0) = 1e9;
  table.cost(5, 1) = kNaN;
  EXPECT_EQ(fit(NormaliserKind::kReference, table).to_json() +
                fit(NormaliserKind::kDatasetMinMaxTrain, table).to_json(),
            before);
}

TEST(Normaliser, PassesOverMissingCosts) {
  OutcomeTable table = priced_table();
  table.cost(3, 1) = kNaN;
  EXPECT_DOUBLE_EQ(fit(NormaliserKind::kGlobalMinMaxTrain, table).normalise(2.0), 1.0);
  EXPECT_TRUE(std::isnan(fit(NormaliserKind::kReference, table).normalise(kNaN)));
  EXPECT_TRUE(std::isnan(fit(NormaliserKind::kReference, table).normalise_clamped(kNaN)));
  EXPECT_TRUE(std::isnan(Normaliser().normalise(kNaN)));
}

TEST(Normaliser, ScalesByDatasetAndFallsBackToTheWholeForAnUnseenOne) {
  const Normaliser train = fit(NormaliserKind::kDatasetMinMaxTrain, priced_table());
  EXPECT_DOUBLE_EQ(train.normalise(4.0, "a"), 1.0);
  EXPECT_DOUBLE_EQ(train.normalise(4.0, "b"), 1.0);
  EXPECT_GT(train.normalise(200.0, "b"), 1.0);
  EXPECT_FALSE(train.invertible());
  EXPECT_FALSE(train.invert(0.5));

  const Normaliser all = fit(NormaliserKind::kDatasetMinMaxAll, priced_table());
  EXPECT_DOUBLE_EQ(all.normalise(200.0, "b"), 1.0);
  EXPECT_DOUBLE_EQ(all.normalise(0.25, "b"), 0.0);
}

TEST(Normaliser, GroupsANodeByItsHeaviestLabel) {
  const OutcomeTable table = priced_table();
  const Normaliser node = fit(NormaliserKind::kNodeMinMaxTrain, table);
  EXPECT_EQ(node.group_of(table, 0), "y");
  EXPECT_EQ(node.group_of(table, 1), "x");
  EXPECT_EQ(node.group_of(table, 2), "");
  EXPECT_DOUBLE_EQ(node.normalise(1.0, "x"), 1.0);
  EXPECT_DOUBLE_EQ(node.normalise(4.0, ""), 1.0);
}

TEST(Normaliser, MapsAZeroRangeToZero) {
  OutcomeTable table = priced_table();
  for (std::size_t row = 0; row < 6; ++row) {
    table.cost(row, 0) = table.cost(row, 1) = 0;
  }
  for (const NormaliserKind kind : {NormaliserKind::kReference,
                                    NormaliserKind::kGlobalMinMaxTrain,
                                    NormaliserKind::kDatasetMinMaxTrain}) {
    EXPECT_EQ(fit(kind, table).normalise(0.5, "a"), 0.0);
  }
  EXPECT_EQ(fit(NormaliserKind::kReference, table, {}).normalise(3.0), 0.0);
}

TEST(Normaliser, IsNoneInAQualityOnlyTable) {
  OutcomeTable table = priced_table();
  table.cost = {};
  EXPECT_EQ(fit(NormaliserKind::kReference, table).kind(), NormaliserKind::kNone);
  EXPECT_EQ(Normaliser().normalise(5.0), 0.0);
  EXPECT_TRUE(Normaliser().invertible());
  EXPECT_FALSE(Normaliser().invert(0.5));
}

TEST(Normaliser, ComesBackFromItsJsonToTheLastBit) {
  OutcomeTable table = priced_table();
  table.cost(0, 0) = 0.1 + 0.2;
  table.cost(2, 1) = 1e-300;
  for (const char* name : {"reference",
                           "dataset_minmax_train",
                           "global_minmax_train",
                           "node_minmax_train",
                           "dataset_minmax_all",
                           "none"}) {
    const Normaliser fitted = fit(*parse_normaliser(name), table);
    const auto read = Normaliser::parse(fitted.to_json());
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->to_json(), fitted.to_json());
    EXPECT_EQ(read->kind(), fitted.kind());
    for (const char* group : {"", "a", "b", "x", "unseen"}) {
      EXPECT_EQ(read->normalise(0.3, group), fitted.normalise(0.3, group));
    }
    EXPECT_THAT(fitted.to_json(), HasSubstr(name));
  }
}

TEST(Normaliser, RefusesDamagedParametersAndNamesAMisspeltKind) {
  EXPECT_THAT(parse_normaliser("referense").error().message,
              HasSubstr("did you mean 'reference'?"));
  for (const char* text :
       {"",
        "[]",
        R"({"name":"reference"})",
        R"({"name":"reference","parameters":{}})",
        R"({"name":"reference","parameters":{"c_ref":-1}})",
        R"({"name":"reference","parameters":{"c_ref":"1"}})",
        R"({"name":"reference","parameters":{"c_ref":1e999}})",
        R"({"name":"global_minmax_train","parameters":{"min":2,"max":1}})",
        R"({"name":"dataset_minmax_train","parameters":{"min":0,"max":1}})",
        R"({"name":"dataset_minmax_train","parameters":{"min":0,"max":1,"groups":{"a":[1]}}})",
        R"({"name":"nine","parameters":{}})",
        R"({"name":3,"parameters":{}})"}) {
    EXPECT_FALSE(Normaliser::parse(text)) << text;
  }
}

}  // namespace
}  // namespace wend::data
