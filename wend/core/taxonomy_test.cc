// SPDX-License-Identifier: Apache-2.0
#include "wend/core/taxonomy.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wend::core {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kSmall = R"({"nodes": [
  {"id": "math", "name": "Mathematics", "definition": "numbers and shapes", "children": [
    {"id": "algebra", "name": "Algebra", "definition": "unknowns", "example": "x + 1 = 2", "children": [
      {"id": "a-easy", "name": "easy"}, {"id": "a-hard", "name": "hard", "definition": "needs thought"}]},
    {"id": "geometry", "name": "Geometry"}]},
  {"id": "law", "name": "Law", "children": []}]})";

std::string message_of(std::string_view json) {
  const auto taxonomy = Taxonomy::parse(json);
  return taxonomy ? "no error" : taxonomy.error().message;
}

TEST(Taxonomy, ReadsANestedTreeInPreOrder) {
  const Taxonomy taxonomy = *Taxonomy::parse(kSmall);
  std::vector<std::string> ids;
  std::vector<std::size_t> levels;
  for (const TaskNode& node : taxonomy.nodes()) {
    ids.push_back(node.id);
    levels.push_back(node.level);
  }
  EXPECT_THAT(ids, ElementsAre("math", "algebra", "a-easy", "a-hard", "geometry", "law"));
  EXPECT_THAT(levels, ElementsAre(0U, 1U, 2U, 2U, 1U, 0U));
  EXPECT_EQ(taxonomy.level_count(), 3U);
  EXPECT_EQ(taxonomy.find("geometry"), 4U);
  EXPECT_FALSE(taxonomy.find("geometri"));
}

TEST(Taxonomy, LetsALeafAboveALevelStandForItself) {
  const Taxonomy taxonomy = *Taxonomy::parse(kSmall);
  EXPECT_THAT(taxonomy.at_level(0), ElementsAre(0U, 5U));
  EXPECT_THAT(taxonomy.at_level(1), ElementsAre(1U, 4U, 5U));
  EXPECT_THAT(taxonomy.at_level(2), ElementsAre(2U, 3U, 4U, 5U));
  EXPECT_THAT(taxonomy.leaves(), ElementsAre(2U, 3U, 4U, 5U));
  EXPECT_EQ(taxonomy.ancestor_at(3, 0), 0U);
  EXPECT_EQ(taxonomy.ancestor_at(3, 1), 1U);
  EXPECT_EQ(taxonomy.ancestor_at(5, 2), 5U);
}

TEST(Taxonomy, WritesAProfileFromTheDomainDown) {
  const Taxonomy taxonomy = *Taxonomy::parse(kSmall);
  EXPECT_EQ(taxonomy.profile_text(3),
            "Mathematics: numbers and shapes\nAlgebra: unknowns\nhard: needs thought");
  EXPECT_EQ(taxonomy.profile_text(5), "Law");
}

TEST(Taxonomy, NamesNodesByTheirWayFromTheDomainInTheOrderAsked) {
  const Taxonomy taxonomy = *Taxonomy::parse(kSmall);
  const std::vector<std::size_t> nodes = {5, 3, 0, 3};
  std::vector<std::string> shown;
  for (const TaskName& name : taxonomy.names(nodes)) {
    shown.push_back(name.id + ": " + name.name);
  }
  EXPECT_THAT(shown,
              ElementsAre("law: Law",
                          "a-hard: Mathematics > Algebra > hard",
                          "math: Mathematics",
                          "a-hard: Mathematics > Algebra > hard"));
  EXPECT_THAT(taxonomy.names({}), IsEmpty());
}

TEST(TaxonomyDeathTest, NamesOnlyNodesThatItHas) {
  const Taxonomy taxonomy = *Taxonomy::parse(kSmall);
  const std::vector<std::size_t> beyond = {6};
  EXPECT_DEATH(static_cast<void>(taxonomy.names(beyond)), "task type 6 of 6");
}

TEST(Taxonomy, ComesBackFromItsOwnJson) {
  const Taxonomy taxonomy = *Taxonomy::parse(kSmall);
  EXPECT_EQ(*Taxonomy::parse(taxonomy.to_json()), taxonomy);
  EXPECT_EQ(*Taxonomy::parse(Taxonomy().to_json()), Taxonomy());
  EXPECT_THAT(Taxonomy().leaves(), IsEmpty());
}

TEST(Taxonomy, NamesTheNodeThatOffends) {
  EXPECT_THAT(message_of(R"({"nodes":[{"id":"a","name":"A","children":[{"id":"a","name":"B"}]}]})"),
              HasSubstr("'a': the id stands twice"));
  EXPECT_THAT(message_of(R"({"nodes":[{"id":"a","name":"A","children":[{"name":"B"}]}]})"),
              HasSubstr("child 1 of 'a': expected a non-empty string under 'id'"));
  EXPECT_THAT(message_of(R"({"nodes":[{"id":"a"}]})"),
              HasSubstr("node 1: expected a non-empty string under 'name'"));
  EXPECT_THAT(message_of(R"({"nodes":[{"id":7,"name":"A"}]})"), HasSubstr("'id' is a number"));
  EXPECT_THAT(message_of(R"({"nodes":[{"id":"a","name":"A","childern":[]}]})"),
              HasSubstr("unknown key 'childern' (did you mean 'children'?)"));
  EXPECT_THAT(message_of(R"({"nodes":[{"id":"a","name":"A","children":3}]})"),
              HasSubstr("'children' of 'a': expected a list"));
  EXPECT_THAT(message_of(R"({"nodes":[7]})"), HasSubstr("node 1: expected an object"));
}

TEST(Taxonomy, RefusesWhatIsNoTaxonomyAtAll) {
  for (const char* text :
       {"", "[]", "3", "null", "{", "{\"nodes\":3}", "{\"node\":[]}", "\xff\xfe"}) {
    EXPECT_FALSE(Taxonomy::parse(text)) << text;
  }
}

TEST(Taxonomy, RefusesADepthThatWouldBreakARecursion) {
  const std::string open = R"({"id":"a","name":"A","children":[)";
  std::string deep = "{\"nodes\":[";
  for (int i = 0; i < 100000; ++i) {
    deep += open;
  }
  EXPECT_THAT(message_of(deep), HasSubstr("deeper than 16 levels"));
  EXPECT_THAT(message_of(std::string(1000000, '[')), HasSubstr("deeper than 16 levels"));

  std::vector<TaskNode> chain(Taxonomy::kMaxLevels + 1);
  for (std::size_t i = 0; i < chain.size(); ++i) {
    chain[i].id = chain[i].name = fmt::format("n{}", i);
    chain[i].parent = i == 0 ? std::nullopt : std::optional(i - 1);
  }
  EXPECT_THAT(Taxonomy::build(chain).error().message, HasSubstr("'n16': nested deeper"));
  chain.pop_back();
  EXPECT_EQ(*Taxonomy::parse(Taxonomy::build(chain)->to_json()), *Taxonomy::build(chain));
}

TEST(Taxonomy, BracketsInsideStringsAreText) {
  const std::string many(1000, '[');
  EXPECT_TRUE(Taxonomy::parse(R"({"nodes":[{"id":"a","name":"\"\\)" + many + "\"}]}"));
}

TEST(Taxonomy, RefusesAChildBeforeItsParent) {
  TaskNode child{"c", "C", "", "", 1, 0};
  TaskNode parent{"p", "P", "", "", std::nullopt, 0};
  EXPECT_THAT(Taxonomy::build({child, parent}).error().message,
              HasSubstr("'c': its parent must stand before it"));
  EXPECT_EQ(Taxonomy::build({parent, {"c", "C", "", "", 0, 9}})->nodes()[1].level, 1U);
}

}  // namespace
}  // namespace wend::core
