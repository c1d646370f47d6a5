// SPDX-License-Identifier: Apache-2.0
#include "wend/label/label_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wend::label {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;

core::Outcome outcome(std::uint32_t query, std::uint32_t model, float quality, double cost) {
  core::Outcome made;
  made.query = query;
  made.model = model;
  made.quality = quality;
  made.cost = cost;
  made.output_tokens = 10;
  return made;
}

/// Two levels of one subcategory: `good` costs more and scores less on the harder, `odd` does not.
data::Dataset world() {
  data::Dataset dataset;
  dataset.name = "<world>";
  dataset.taxonomy = *core::Taxonomy::parse(
      R"({"nodes":[{"id":"m","name":"Maths","children":[{"id":"m.a","name":"Algebra","children":[
        {"id":"e","name":"Easy"},{"id":"h","name":"Hard"}]}]},{"id":"l","name":"Law"}]})");
  dataset.queries.resize(3);
  dataset.models = {{"good", {}, {}, {}, "{}"}, {"odd", {}, {}, {}, "{}"}};
  dataset.labels = {{0, 2, 1.0F}, {1, 3, 1.0F}, {2, 4, 1.0F}};
  dataset.outcomes = {outcome(0, 0, 1.0F, 1),
                      outcome(0, 1, 0.5F, 2),
                      outcome(1, 0, 0.25F, 3),
                      outcome(1, 1, 0.5F, 1),
                      outcome(2, 0, 0.0F, 100)};
  return dataset;
}

TEST(LabelReport, HasMeansByModelAndLevel) {
  const LabelReport report = build_label_report(world(), "USD");
  EXPECT_THAT(report.levels, ElementsAre("1 Easy", "2 Hard"));
  ASSERT_THAT(report.by_level, SizeIs(2));  // Law has no levels.
  EXPECT_EQ(report.by_level[1].name, "Maths");
  EXPECT_EQ(report.by_level[0].points[0][1].quality, 0.25);
  EXPECT_EQ(report.by_level[0].points[1][0].cost, 2);
  EXPECT_NEAR(*report.models[0].mean.quality, 1.25 / 3, 1e-9);
}

TEST(LabelReport, CountsWhereHarderCostsMoreAndScoresLess) {
  const HarderReport harder = build_label_report(world(), "USD").harder;
  EXPECT_EQ(harder.cost_pairs, 2U);
  EXPECT_EQ(harder.costs_more, 1U);
  EXPECT_EQ(harder.quality_pairs, 2U);
  EXPECT_EQ(harder.scores_less, 1U);
  EXPECT_EQ(harder.scores_the_same, 1U);
  EXPECT_EQ(harder.both_pairs, 2U);
  EXPECT_EQ(harder.both, 1U);
}

TEST(LabelReport, TakesNothingMissingForAZero) {
  data::Dataset dataset = world();
  dataset.outcomes[1].quality.reset();
  dataset.outcomes[1].status = core::OutcomeStatus::kUnscored;
  dataset.outcomes[1].extra_json = R"({"why":"the judge gave no score"})";
  dataset.outcomes[3].status = core::OutcomeStatus::kFailed;
  dataset.outcomes[3].cost = 0;
  dataset.outcomes[3].quality.reset();
  const LabelReport report = build_label_report(dataset, "USD");
  EXPECT_FALSE(report.models[1].mean.quality);
  EXPECT_EQ(report.models[1].mean.cost, 2);
  EXPECT_EQ(report.models[1].failed, 1U);
  EXPECT_EQ(report.models[1].unscored, 1U);
  EXPECT_EQ(report.harder.cost_pairs, 1U);
  EXPECT_THAT(report.why_missing,
              ElementsAre(Pair("no reason given", 1), Pair("the judge gave no score", 1)));
}

TEST(LabelReport, WeighsSeveralTaskTypesOfAQuery) {
  data::Dataset dataset = world();
  dataset.labels = {{0, 2, 0.25F}, {0, 3, 0.75F}, {1, 3, 1.0F}};
  const LabelReport report = build_label_report(dataset, "USD");
  EXPECT_NEAR(*report.by_level[0].points[0][1].quality, (0.75 + 0.25) / 1.75, 1e-9);
}

TEST(LabelReport, SaysWhoseWordAQualityIs) {
  data::Dataset dataset = world();
  dataset.outcomes[0].extra_json = R"({"scores":{"judge":1},"judge":"good"})";
  dataset.outcomes[1].extra_json = R"({"scores":{"judge":1,"metric":0.5},"judge":"good"})";
  const LabelReport report = build_label_report(dataset, "USD");
  EXPECT_THAT(report.models[0].own_judges, ElementsAre("good"));
  EXPECT_THAT(report.models[1].judged_by, SizeIs(0));
  EXPECT_THAT(to_text(report), HasSubstr("the judge good, which is this model itself"));
  dataset.outcomes[0].extra_json = R"({"scores":{"judge":1},"judge":"alias","judges_itself":true})";
  EXPECT_THAT(to_text(build_label_report(dataset, "USD")),
              HasSubstr("the judge alias, which is this model itself"));
}

TEST(LabelReport, IsAPageThatNeedsNothingElse) {
  const std::string page = to_html(build_label_report(world(), "USD"));
  EXPECT_THAT(page, HasSubstr("&lt;world&gt;: cost and quality of 2 models on 3 queries"));
  EXPECT_THAT(page, HasSubstr("<svg"));
  for (const char* word : {"<script", "href=", "src=", "url(", "@import"}) {
    EXPECT_THAT(page, Not(HasSubstr(word)));
  }
}

TEST(LabelReport, HoldsWithoutLevelsAndWithoutOutcomes) {
  data::Dataset dataset = world();
  dataset.taxonomy = {};
  dataset.labels.clear();
  EXPECT_THAT(to_text(build_label_report(dataset, "USD")), HasSubstr("no levels of difficulty"));
  EXPECT_THAT(to_json(build_label_report({}, "USD")), HasSubstr(R"("models":[])"));
}

}  // namespace
}  // namespace wend::label
