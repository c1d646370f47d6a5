// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/upkeep_grow.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "wend/routers/factory.h"
#include "wend/trips/upkeep_artifact.h"
#include "wend/trips/upkeep_sample.h"
#include "wend/trips/upkeep_tree.h"

namespace wend::trips {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A branch z with the leaves p, of which nothing was observed, and q with 20 rows, where small was
/// always right and large never; both lie beside the old task types.
Growth branch() {
  std::vector<core::TaskNode> nodes(3);
  nodes[0].id = nodes[0].name = "z";
  nodes[1].id = nodes[1].name = "p";
  nodes[2].id = nodes[2].name = "q";
  nodes[1].parent = nodes[2].parent = 0;
  Growth growth{"y",
                core::Taxonomy::build(nodes).value(),
                {},
                base::Matrix(2, 4),
                base::Matrix(2, 4),
                base::Matrix(2, 2)};
  base::Matrix texts(2, 3);
  texts(0, 0) = texts(0, 1) = texts(1, 1) = texts(1, 2) = 1;
  growth.profiles = data::Embeddings::from_pooled(texts);
  for (std::size_t column = 0; column < 4; ++column) {
    growth.count(1, column) = 20;
    growth.mean(1, column) = column == 0 ? 1.0F : 0.0F;
  }
  return growth;
}

std::string refusal(const ml::Artifact& artifact, const Growth& growth) {
  const auto grown = grow(artifact, growth);
  return grown ? "accepted" : grown.error().message;
}

core::Scores ask(const ml::Artifact& artifact, const std::vector<float>& vector) {
  core::Query query;
  query.embedding = vector;
  return routers::load_router(artifact).value()->score(query);
}

TEST(Grow, RecognisesANewTaskTypeByItsTextAndKnowsItByWhatWasObserved) {
  const Upkept grown = grow(sample::three_tasks(), branch()).value();
  const core::Scores scores = ask(grown.artifact, {0, 0.7071F, 0.7071F});
  EXPECT_EQ(scores.tasks[0].task, 4U);
  const UpkeepArtifact opened = UpkeepArtifact::open(grown.artifact).value();
  EXPECT_EQ(opened.manifest.tasks[4].name, "y > z > q");
  EXPECT_THAT(opened.live_tasks_below("y"), ElementsAre(2, 3, 4));
  // The heads of the sample say .5 of everything; pseudo_count is 20, and so are the rows of q.
  EXPECT_NEAR(opened.table.g(0, 3), 0.5F, 1e-6F);
  EXPECT_NEAR(opened.table.g(0, 4), 0.75F, 1e-6F);
  EXPECT_NEAR(opened.table.g(1, 4), 0.25F, 1e-6F);
  EXPECT_EQ(opened.table.count(0, 3), 1);
  EXPECT_EQ(opened.table.count(0, 4), 20);
  EXPECT_EQ(grown.changed.size(), 8U);  // Two numbers of two models at two task types, from null.
}

TEST(Grow, ChangesNoOldByte) {
  const ml::Artifact before = sample::three_tasks();
  const ml::Artifact after = grow(before, branch()).value().artifact;
  for (const auto& [name, old] : before.weights.all()) {
    const ml::Tensor& now = after.weights.all().find(name)->second;
    const bool by_column = name == "table" || name.starts_with("quality_");
    const std::size_t rows = by_column ? static_cast<std::size_t>(old.shape()[0]) : 1;
    const std::size_t width = old.values().size() / rows;
    const std::size_t now_width = now.values().size() / rows;
    for (std::size_t row = 0; row < rows; ++row) {
      EXPECT_TRUE(std::ranges::equal(now.values().subspan(row * now_width, width),
                                     old.values().subspan(row * width, width)))
          << name;
    }
  }
}

TEST(Grow, LeavesPrunedAndMergedTaskTypesWhatTheyAre) {
  const Upkept merged = merge(sample::three_tasks(), "a", "b").value();
  const Upkept pruned = prune(merged.artifact, "c").value();
  Growth growth = branch();
  growth.under = "x";
  const Upkept grown = grow(pruned.artifact, growth).value();
  EXPECT_EQ(ask(grown.artifact, {0, 1, 0}).tasks[0].task, 0U);
  for (const core::TaskWeight& task : ask(grown.artifact, {0, 0, 1}).tasks) {
    EXPECT_NE(task.task, 2U);
  }
}

TEST(Grow, NeverReusesAnId) {
  Growth growth = branch();
  std::vector<core::TaskNode> nodes = growth.branch.nodes();
  nodes[1].id = "a";
  growth.branch = core::Taxonomy::build(nodes).value();
  EXPECT_THAT(refusal(sample::three_tasks(), growth), HasSubstr("the id 'a' is taken;"));
  const Upkept pruned = prune(sample::three_tasks(), "a").value();
  EXPECT_THAT(refusal(pruned.artifact, growth), HasSubstr("'a' is taken by a tombstone"));
}

TEST(Grow, RefusesAPlaceThatCannotTakeABranch) {
  Growth growth = branch();
  growth.under = "c";
  EXPECT_THAT(refusal(sample::three_tasks(), growth), HasSubstr("itself a task type"));
  growth.under = "nowhere";
  EXPECT_THAT(refusal(sample::three_tasks(), growth), HasSubstr("no task type 'nowhere'"));
  growth.under = "";
  EXPECT_EQ(refusal(sample::three_tasks(), growth), "accepted");
}

TEST(WithBranch, PutsItBelowOrBesideTheDomains) {
  const core::Taxonomy tree = UpkeepArtifact::open(sample::three_tasks())->manifest.taxonomy;
  const core::Taxonomy below = with_branch(tree, "x", branch().branch);
  EXPECT_EQ(below.nodes()[*below.find("q")].level, 2U);
  EXPECT_EQ(below.profile_text(*below.find("q")), "x\nz\nq");
  const core::Taxonomy beside = with_branch(tree, "", branch().branch);
  EXPECT_EQ(beside.nodes()[*beside.find("z")].level, 0U);
}

}  // namespace
}  // namespace wend::trips
