// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/grow_place.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/trips/upkeep.h"
#include "wend/trips/upkeep_sample.h"

namespace wend::trips {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

UpkeepArtifact opened(const ml::Artifact& artifact) {
  return UpkeepArtifact::open(artifact).value();
}

std::string refusal(const UpkeepArtifact& artifact,
                    const std::string& under,
                    const SynthConfig& caps = {}) {
  const auto place = grow_place(artifact, under, 0, caps);
  return place ? "accepted" : place.error().message;
}

TEST(GrowPlace, LeavesTheRoomThatTheCapsLeaveBesideWhatIsThere) {
  const UpkeepArtifact artifact = opened(sample::three_tasks());
  const GrowPlace place = grow_place(artifact, "x", 0, {}).value();
  ASSERT_EQ(place.branch.path.size(), 1U);
  EXPECT_EQ(place.branch.path[0].id, "x");
  EXPECT_EQ(place.branch.siblings.size(), 2U);
  EXPECT_EQ(place.branch.room, 8U);
  EXPECT_THAT(place.branch.ids, ElementsAre("x", "a", "b", "y", "c"));
  EXPECT_EQ(place.end, synth::Level::kSubcategory);  // As deep as a, b and c.
  EXPECT_EQ(grow_place(artifact, "x", 3, {})->branch.room, 3U);
  EXPECT_EQ(grow_place(artifact, "x", 30, {})->branch.room, 8U);
}

TEST(GrowPlace, IsBesideTheDomainsWhereNoneIsNamed) {
  const GrowPlace place = grow_place(opened(sample::three_tasks()), "", 0, {}).value();
  EXPECT_TRUE(place.branch.path.empty());
  EXPECT_EQ(place.branch.siblings.size(), 2U);
}

TEST(GrowPlace, WhatIsGoneTakesNoRoomButItsIdStays) {
  const Upkept pruned = prune(sample::three_tasks(), "a").value();
  const GrowPlace place = grow_place(opened(pruned.artifact), "x", 0, {}).value();
  ASSERT_EQ(place.branch.siblings.size(), 1U);
  EXPECT_EQ(place.branch.siblings[0].name, "b");
  EXPECT_THAT(place.branch.ids, testing::Contains("a"));
}

TEST(GrowPlace, RefusesWhatCannotTakeChildren) {
  const UpkeepArtifact artifact = opened(sample::three_tasks());
  EXPECT_THAT(refusal(artifact, "c"), HasSubstr("'c' is itself a task type"));
  EXPECT_THAT(refusal(artifact, "z"), HasSubstr("no task type 'z'"));
  SynthConfig caps;
  caps.max_subcategories = 2;
  EXPECT_THAT(refusal(artifact, "x", caps),
              HasSubstr("'x' has 2 subcategories, and synth.max_subcategories allows 2"));
  EXPECT_EQ(refusal(artifact, "y", caps), "accepted");
  const Upkept pruned = prune(sample::three_tasks(), "x").value();
  EXPECT_THAT(refusal(opened(pruned.artifact), "x"), HasSubstr("was pruned"));
}

}  // namespace
}  // namespace wend::trips
