// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/grow_observed.h"

#include <gtest/gtest.h>

#include "wend/trips/upkeep_sample.h"

namespace wend::trips {
namespace {

core::Outcome outcome(std::uint32_t query, std::uint32_t model, float quality, double cost) {
  core::Outcome made;
  made.query = query;
  made.model = model;
  made.quality = quality;
  made.cost = cost;
  return made;
}

/// Questions 0 and 1 of the leaf p, 2 of q, answered by models that stand in another order than the
/// artifact's, and by a third that it lacks.
data::Dataset collection(const core::Taxonomy& branch) {
  data::Dataset made;
  made.taxonomy = branch;
  made.queries.resize(3);
  made.labels = {{0, 1, 1}, {1, 1, 1}, {2, 2, 1}};
  for (const char* id : {"large", "other", "small"}) {
    made.models.emplace_back().id = id;
  }
  made.outcomes = {outcome(0, 2, 1, 1.0),
                   outcome(1, 2, 0, 1.0),
                   outcome(1, 2, 1, 1.0),  // A second draw.
                   outcome(2, 0, 1, 5.0),
                   outcome(0, 1, 1, 1.0)};
  made.outcomes[2].draw = 1;
  return made;
}

Growth growth() {
  std::vector<core::TaskNode> nodes(3);
  nodes[0].id = nodes[0].name = std::string("z");
  nodes[1].id = nodes[1].name = std::string("p");
  nodes[2].id = nodes[2].name = std::string("q");
  nodes[1].parent = nodes[2].parent = 0;
  Growth made;
  made.branch = core::Taxonomy::build(nodes).value();
  return made;
}

TEST(PutObserved, CountsQueriesAndTakesMeansOverDraws) {
  const UpkeepArtifact before = UpkeepArtifact::open(sample::three_tasks()).value();
  Growth grown = growth();
  ASSERT_TRUE(put_observed(before, collection(grown.branch), grown));
  // Columns: quality of small and large, then their cost.
  EXPECT_EQ(grown.count(0, 0), 2);
  EXPECT_NEAR(grown.mean(0, 0), 0.75F, 1e-6F);
  EXPECT_EQ(grown.count(0, 1), 0);
  EXPECT_EQ(grown.count(1, 1), 1);
  EXPECT_EQ(grown.mean(1, 1), 1);
  EXPECT_EQ(grown.count(1, 0), 0);
  EXPECT_EQ(grown.count(0, 2), 2);
  EXPECT_GT(grown.mean(0, 2), 0);
  EXPECT_EQ(grown.mean(1, 3), 1);  // Dearer than the scale's end.
}

TEST(PutObserved, AFewRowsDoNotMakeAVarianceOfNought) {
  const UpkeepArtifact before = UpkeepArtifact::open(sample::three_tasks()).value();
  Growth grown = growth();
  ASSERT_TRUE(put_observed(before, collection(grown.branch), grown));
  // One row and two of the model's variance elsewhere, which is a coin's.
  EXPECT_NEAR(grown.variance(1, 1), 2 * 0.25F / 3, 1e-6F);
  EXPECT_NEAR(grown.variance(0, 0), (0.125F + 2 * 0.25F) / 4, 1e-6F);
}

}  // namespace
}  // namespace wend::trips
