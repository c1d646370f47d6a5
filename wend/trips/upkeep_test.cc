// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/upkeep.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "wend/ml/safetensors.h"
#include "wend/routers/factory.h"
#include "wend/trips/upkeep_artifact.h"
#include "wend/trips/upkeep_sample.h"
#include "wend/trips/upkeep_show.h"

namespace wend::trips {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

const std::vector<float> kA = {1, 0, 0};
const std::vector<float> kB = {0, 1, 0};
const std::vector<float> kC = {0, 0, 1};

core::Scores ask(const ml::Artifact& artifact, const std::vector<float>& vector) {
  core::Query query;
  query.embedding = vector;
  query.embedding_norm = 1;
  return routers::load_router(artifact).value()->score(query);
}

nlohmann::json manifest_of(const Upkept& upkept) {
  return nlohmann::json::parse(upkept.artifact.manifest_json);
}

Upkept adjusted(const ml::Artifact& artifact,
                const std::string& node,
                const std::string& model,
                const std::string& quality) {
  return adjust(artifact, {node, model, core::Change::parse(quality).value(), {}}).value();
}

template <class Value>
std::string refusal(const base::Result<Value>& result) {
  return result ? "accepted" : result.error().message;
}

TEST(Adjust, MovesTheModelAtTheNodeAndNothingElse) {
  const ml::Artifact before = sample::three_tasks();
  Adjustment adjustment = {"a", "small", core::Change::parse("+0.25").value(), {}};
  adjustment.cost = core::Change::parse("x0.5").value();
  const Upkept after = adjust(before, adjustment).value();
  const core::Scores at_a = ask(after.artifact, kA);
  EXPECT_NEAR(at_a.models[0].quality, 0.75F, 1e-4F);
  EXPECT_NEAR(at_a.models[0].cost_normalised, 0.05F, 1e-4F);
  EXPECT_NEAR(at_a.models[1].quality, 0.8F, 1e-4F);
  EXPECT_THAT(
      at_a.overrides,
      ElementsAre(Field(&core::OverrideEffect::index, 0), Field(&core::OverrideEffect::index, 1)));
  EXPECT_NEAR(ask(after.artifact, kB).models[0].quality, 0.4F, 1e-4F);
  EXPECT_THAT(ask(after.artifact, kB).overrides, IsEmpty());
  EXPECT_EQ(ml::to_safetensors(after.artifact.weights), ml::to_safetensors(before.weights));
  ASSERT_EQ(after.changed.size(), 2U);
  EXPECT_EQ(after.changed[0].metric, "quality");
  EXPECT_EQ(after.changed[0].from, "0.5");
  EXPECT_EQ(after.changed[0].to, "0.75");
  EXPECT_EQ(after.changed[1].metric, "cost");
}

TEST(Adjust, LeavesAnArtifactThatAnOldReaderRefusesAndTellsOfItsOrigin) {
  const Upkept after = adjusted(sample::three_tasks(), "a", "small", "+0.1");
  const nlohmann::json manifest = manifest_of(after);
  EXPECT_EQ(manifest["format_version"], 2);
  EXPECT_EQ(manifest["id"], after.id);
  EXPECT_NE(after.id, "trouter-000000000000");
  EXPECT_EQ(manifest["upkeep"][0]["of"], "trouter-000000000000");
  EXPECT_TRUE(ml::seal_artifact(after.artifact));
  const Upkept again = adjusted(sample::three_tasks(), "a", "small", "+0.1");
  EXPECT_EQ(again.artifact.manifest_json, after.artifact.manifest_json);
}

TEST(Adjust, AnInnerNodeMeansAllBelowItAndAValueThatIsSetEndsEarlierChanges) {
  const Upkept once = adjusted(sample::three_tasks(), "x", "large", "-0.2");
  EXPECT_THAT(once.changed,
              ElementsAre(AllOf(Field(&TableChange::task_id, "a"), Field(&TableChange::to, "0.6")),
                          Field(&TableChange::task_id, "b")));
  const Upkept twice = adjusted(once.artifact, "x", "large", "-0.2");
  EXPECT_EQ(manifest_of(twice)["overrides"].size(), 2U);
  EXPECT_NEAR(ask(twice.artifact, kA).models[1].quality, 0.4F, 1e-4F);
  const Upkept set = adjusted(twice.artifact, "x", "large", "=0.3");
  EXPECT_EQ(manifest_of(set)["overrides"].size(), 1U);
  EXPECT_NEAR(ask(set.artifact, kB).models[1].quality, 0.3F, 1e-4F);
}

TEST(Adjust, RefusesWhatIsNotThereAndSaysWhatWasMeant) {
  const ml::Artifact artifact = sample::three_tasks();
  const core::Change more = core::Change::parse("+0.1").value();
  EXPECT_THAT(refusal(adjust(artifact, {"a", "smal", more, {}})), HasSubstr("'small'?"));
  EXPECT_THAT(refusal(adjust(artifact, {"z", "small", more, {}})), HasSubstr("no task type 'z'"));
  EXPECT_THAT(refusal(adjust(artifact, {"a", "small", {}, {}})), HasSubstr("expected a change"));
  const Upkept pruned = prune(artifact, "a").value();
  EXPECT_THAT(refusal(adjust(pruned.artifact, {"a", "small", more, {}})), HasSubstr("was pruned"));
  const Upkept merged = merge(artifact, "a", "c").value();
  EXPECT_THAT(refusal(adjust(merged.artifact, {"y", "small", more, {}})), HasSubstr("below 'y'"));
  EXPECT_EQ(show_nodes(UpkeepArtifact::open(merged.artifact).value(), {0.5}).value()[3].state,
            "empty");
}

TEST(Prune, TakesABranchOutAndGivesItsWeightToTheRest) {
  const ml::Artifact before = sample::three_tasks();
  const Upkept after = prune(before, "x").value();
  const core::Scores scores = ask(after.artifact, kA);
  ASSERT_EQ(scores.tasks.size(), 1U);
  EXPECT_EQ(scores.tasks[0].task, 2U);
  EXPECT_EQ(scores.tasks[0].weight, 1.0F);
  EXPECT_NEAR(scores.models[0].quality, 0.2F, 1e-6F);
  const nlohmann::json manifest = manifest_of(after);
  std::vector<std::string> buried;
  for (const auto& tombstone : manifest["tombstones"]) {
    buried.push_back(tombstone["id"]);
  }
  EXPECT_THAT(buried, ElementsAre("x", "a", "b"));
  EXPECT_EQ(after.changed.size(), 2U);
  EXPECT_EQ(manifest["tasks"].size(), 3U);  // Their ids keep their places.
}

TEST(Prune, KeepsOneTaskTypeAtLeastAndTakesNoneTwice) {
  const Upkept one = prune(sample::three_tasks(), "x").value();
  EXPECT_THAT(refusal(prune(one.artifact, "y")), HasSubstr("no task type would be left"));
  EXPECT_THAT(refusal(prune(one.artifact, "a")), HasSubstr("was pruned"));
}

TEST(Merge, OfTwoTaskTypesPoolsTheirNumbersByTheirRows) {
  const Upkept after = merge(sample::three_tasks(), "a", "b").value();
  for (const std::vector<float>& vector : {kA, kB}) {
    const core::Scores scores = ask(after.artifact, vector);
    EXPECT_NEAR(scores.models[0].quality, (30 * 0.5F + 10 * 0.4F) / 40, 1e-4F);
    EXPECT_NEAR(scores.models[1].quality, (30 * 0.8F + 10 * 0.9F) / 40, 1e-4F);
    EXPECT_EQ(scores.tasks[0].task, 0U);
  }
  EXPECT_NEAR(ask(after.artifact, kC).models[0].quality, 0.2F, 1e-4F);
  const UpkeepArtifact opened = UpkeepArtifact::open(after.artifact).value();
  EXPECT_EQ(opened.table.count(0, 0), 40);
  EXPECT_NEAR(opened.table.variance(0, 0),
              0.25F + (30 * 0.025F * 0.025F + 10 * 0.075F * 0.075F) / 40,
              1e-5F);
  EXPECT_EQ(manifest_of(after)["format_version"], 2);
  EXPECT_EQ(after.changed[0].to, "\"merged into a\"");
  const core::Change more = core::Change::parse("+0.1").value();
  EXPECT_THAT(refusal(adjust(after.artifact, {"b", "small", more, {}})),
              HasSubstr("merged into 'a'; name that one"));
}

TEST(Merge, WhatWasMergedGoesOnWithWhatItWasMergedInto) {
  const Upkept once = merge(sample::three_tasks(), "a", "b").value();
  const Upkept twice = merge(once.artifact, "c", "a").value();
  EXPECT_EQ(ask(twice.artifact, kB).tasks[0].task, 2U);
  EXPECT_EQ(manifest_of(twice)["tombstones"][0]["into"], "c");
  const Upkept pruned = prune(once.artifact, "a").value();
  EXPECT_EQ(ask(pruned.artifact, kB).tasks[0].task, 2U);  // b's weight was a's.
  EXPECT_EQ(ask(pruned.artifact, kB).tasks.size(), 1U);
}

TEST(Merge, OfTwoBranchesMovesTaskTypesWithAllTheirNumbers) {
  Upkept start = adjusted(sample::three_tasks(), "x", "small", "+0.3");
  start = adjusted(start.artifact, "y", "small", "=0.9");
  const Upkept after = merge(start.artifact, "y", "x").value();
  for (const std::vector<float>& vector : {kA, kB, kC}) {
    EXPECT_EQ(ask(after.artifact, vector).models[0].quality,
              ask(start.artifact, vector).models[0].quality);
  }
  EXPECT_EQ(manifest_of(after)["tasks"][1]["name"], "y > b");
  EXPECT_EQ(after.changed.size(), 1U);
  EXPECT_THAT(refusal(merge(after.artifact, "y", "x")), HasSubstr("was merged into 'y'"));
  EXPECT_EQ(UpkeepArtifact::open(after.artifact)->live_tasks_below("y").size(), 3U);
}

TEST(Merge, RefusesUnlikeNodes) {
  const ml::Artifact artifact = sample::three_tasks();
  EXPECT_THAT(refusal(merge(artifact, "a", "a")), HasSubstr("into itself"));
  EXPECT_THAT(refusal(merge(artifact, "a", "y")), HasSubstr("expected two task types"));
  EXPECT_THAT(refusal(merge(artifact, "y", "a")), HasSubstr("expected two task types"));
}

TEST(Show, TellsEachNodesBestModelAndMeansByRows) {
  const UpkeepArtifact artifact = UpkeepArtifact::open(sample::three_tasks()).value();
  const std::vector<ShownNode> nodes = show_nodes(artifact, {0.5}).value();
  ASSERT_EQ(nodes.size(), 5U);
  EXPECT_EQ(nodes[0].node.id, "x");
  EXPECT_EQ(nodes[0].count, 40);
  EXPECT_NEAR(nodes[0].models[0].quality, (30 * 0.5F + 10 * 0.4F) / 40, 1e-6F);
  EXPECT_EQ(nodes[1].best, 0U);  // .5 * (.5 - .1) against .5 * (.8 - .6).
  EXPECT_EQ(show_nodes(artifact, {0.8}).value()[1].best, 1U);
}

/// Tasks a, b, c as FineRouter's first stage knows them, and the column of no task; nothing is
/// known of the second model.
ml::Artifact outcomes_of_three_tasks() {
  ml::Artifact artifact = sample::three_tasks();
  auto manifest = nlohmann::ordered_json::parse(artifact.manifest_json);
  manifest["router"] = "finerouter_tasks";
  artifact.manifest_json = manifest.dump();
  const float unknown = std::numeric_limits<float>::quiet_NaN();
  const auto put = [&](const char* name, std::vector<float> first, float second) {
    base::Matrix rows(2, 4);
    std::ranges::copy(first, rows.row(0).begin());
    std::ranges::fill(rows.row(1), second);
    artifact.weights.put(name, ml::Tensor::from_matrix(rows));
  };
  put("task_quality", {0.5F, 0.3F, 0.2F, 0.9F}, unknown);
  put("task_cost", {0.1F, 0.2F, 0.3F, 0.9F}, unknown);
  put("task_variance", {0.2F, 0.2F, 0.2F, 0.2F}, 0.25F);
  put("task_count", {30, 10, 20, 500}, 1);
  return artifact;
}

TEST(Show, LooksIntoFineRoutersOutcomesButChangesNone) {
  const ml::Artifact artifact = outcomes_of_three_tasks();
  const UpkeepArtifact opened = UpkeepArtifact::look_into(artifact).value();
  const std::vector<ShownNode> nodes = show_nodes(opened, {0.5}).value();
  ASSERT_EQ(nodes.size(), 5U);
  EXPECT_EQ(nodes[0].count, 40);
  EXPECT_NEAR(nodes[0].models[0].quality, (30 * 0.5F + 10 * 0.3F) / 40, 1e-6F);
  EXPECT_NEAR(nodes[4].models[0].cost_normalised, 0.3F, 1e-6F);
  EXPECT_TRUE(std::isnan(nodes[4].models[1].quality));
  EXPECT_EQ(nodes[4].best, 0U);
  EXPECT_THAT(refusal(prune(artifact, "a")), HasSubstr("cannot be changed after training"));
}

TEST(Show, TellsWhatBecameOfANode) {
  const Upkept pruned = prune(sample::three_tasks(), "x").value();
  const std::vector<ShownNode> nodes =
      show_nodes(UpkeepArtifact::open(pruned.artifact).value(), {0.5}).value();
  ASSERT_EQ(nodes.size(), 5U);
  EXPECT_EQ(nodes[0].state, "pruned");
  EXPECT_FALSE(nodes[1].best.has_value());
  EXPECT_EQ(nodes[4].state, "live");
}

TEST(Diff, TellsOfTheSameOverrideAgain) {
  const Upkept once = adjusted(sample::three_tasks(), "x", "small", "+0.1");
  const Upkept twice = adjusted(once.artifact, "x", "small", "+0.1");
  const ArtifactDiff diff = diff_artifacts(UpkeepArtifact::open(once.artifact).value(),
                                           UpkeepArtifact::open(twice.artifact).value(),
                                           0.01F);
  EXPECT_EQ(diff.overrides_added.size(), 1U);
  EXPECT_THAT(diff.overrides_removed, IsEmpty());
}

TEST(Find, ANodeBelowTheTaskTypesIsNamedInTheRefusal) {
  ml::Artifact artifact = sample::three_tasks();
  nlohmann::ordered_json manifest = nlohmann::ordered_json::parse(artifact.manifest_json);
  manifest["taxonomy"]["nodes"][1]["children"][0]["children"] = {
      {{"id", "deep"}, {"name", "deep"}}};
  artifact.manifest_json = manifest.dump();
  EXPECT_THAT(refusal(prune(artifact, "deep")), HasSubstr("'deep' lies below the task types"));
}

TEST(Diff, TellsOverridesTombstonesAndNumbersAboveTheThreshold) {
  const ml::Artifact before = sample::three_tasks();
  Upkept after = adjusted(before, "x", "small", "+0.05");
  after = adjusted(after.artifact, "c", "small", "+0.2");
  after = prune(after.artifact, "a").value();
  const UpkeepArtifact a = UpkeepArtifact::open(before).value();
  const UpkeepArtifact b = UpkeepArtifact::open(after.artifact).value();
  const ArtifactDiff diff = diff_artifacts(a, b, 0.1F);
  EXPECT_EQ(diff.overrides_added.size(), 2U);
  EXPECT_THAT(diff.tombstones_added, ElementsAre(Field(&Tombstone::id, "a")));
  EXPECT_THAT(diff.changed, ElementsAre(Field(&TableChange::task_id, "c")));
  EXPECT_EQ(diff_artifacts(a, b, 0.01F).changed.size(), 2U);
  EXPECT_THAT(diff_artifacts(b, a, 0.1F).overrides_added, IsEmpty());
  EXPECT_THAT(diff_artifacts(a, a, 0).changed, IsEmpty());
}

TEST(UpkeepArtifact, RefusesListsThatAreNone) {
  for (const char* key : {"tombstones", "upkeep"}) {
    ml::Artifact artifact = sample::three_tasks();
    auto manifest = nlohmann::json::parse(artifact.manifest_json);
    manifest[key] = nlohmann::json::object();
    artifact.manifest_json = manifest.dump();
    EXPECT_THAT(refusal(UpkeepArtifact::open(artifact)), HasSubstr(key));
  }
}

TEST(UpkeepArtifact, NamesTheRouterThatHasNoTable) {
  ml::Artifact artifact = sample::three_tasks();
  artifact.manifest_json.replace(
      artifact.manifest_json.find("\"router\": \"trouter\""), 19, "\"router\": \"ridge\"");
  EXPECT_THAT(refusal(UpkeepArtifact::open(artifact)), HasSubstr("router 'ridge'"));
}

}  // namespace
}  // namespace wend::trips
