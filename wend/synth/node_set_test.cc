// SPDX-License-Identifier: Apache-2.0
#include "wend/synth/node_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/synth/parse_reply.h"

namespace wend::synth {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

NodeDraft node(const std::string& name) {
  return {name, "what " + name + " is", "an example of " + name};
}

TEST(NodeSet, IsComplainedAboutWhereItIsTooLargeOrRepeatsANameInAnyCase) {
  const SetRules rules{Level::kDomain, 2, {"Law"}};
  EXPECT_FALSE(complaint_about({node("Art"), node("Music")}, rules));
  EXPECT_THAT(*complaint_about({node("a"), node("b"), node("c")}, rules),
              HasSubstr("3 domains, and there may be 2"));
  EXPECT_THAT(*complaint_about({node("Art"), node("ART")}, rules), HasSubstr("'ART'"));
  EXPECT_THAT(*complaint_about({node("LAW")}, rules), HasSubstr("on the map already"));
}

TEST(NodeSet, KeepsTheFirstOfEachNameUpToTheCap) {
  const SetRules rules{Level::kDomain, 2, {"Law"}};
  EXPECT_THAT(kept_of({node("law"), node("Art"), node("art"), node("Music"), node("Sport")}, rules),
              ElementsAre(node("Art"), node("Music")));
}

TEST(NodeSet, OrderIsAMeaningOfLevelsAlone) {
  const NodeSet one = {node("Easy"), node("Hard")};
  const NodeSet other = {node("Hard"), node("Easy")};
  EXPECT_TRUE(same_nodes(one, other, Level::kSubcategory));
  EXPECT_FALSE(same_nodes(one, other, Level::kDifficulty));
  EXPECT_FALSE(same_nodes(one, {node("Easy")}, Level::kSubcategory));
}

TEST(NodeSet, TextIsReadBackAsItWasWritten) {
  const NodeSet set = {node("Easy"), {"Hard", "Several steps.", "Given\n\nthis: prove it."}};
  const auto again =
      parse_nodes("<node begin>\n" + set_text(set, Level::kDifficulty) + "\n</node end>",
                  Level::kDifficulty,
                  Form::kMarkers);
  ASSERT_TRUE(again) << again.error();
  EXPECT_EQ(*again, set);
}

TEST(NodeIds, AreReadableStableAndUnique) {
  EXPECT_EQ(id_of_child("", "Reading Comprehension", {}), "reading-comprehension");
  EXPECT_EQ(id_of_child("code", "C++ & C#", {}), "code.cplusplus-csharp");
  const std::string chinese = id_of_child("", "数学", {});
  EXPECT_THAT(chinese, SizeIs(6));
  EXPECT_NE(chinese, id_of_child("", "化学", {}));
  EXPECT_EQ(id_of_child("a", "Easy!", std::vector<std::string>{"a.easy", "a.easy-2"}), "a.easy-3");
}

}  // namespace
}  // namespace wend::synth
