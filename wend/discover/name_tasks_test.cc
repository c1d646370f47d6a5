// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/name_tasks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wend::discover {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

using Words = std::vector<std::vector<std::string>>;

std::vector<std::string> names(const std::vector<TaskTitle>& titles) {
  std::vector<std::string> all;
  all.reserve(titles.size());
  for (const TaskTitle& title : titles) {
    all.push_back(title.name);
  }
  return all;
}

TEST(TellApart, AddsAWordThatTheNameHasNot) {
  std::vector<TaskTitle> titles = {{"Law", ""}, {"law", ""}, {"Law", ""}, {"Art", ""}};
  tell_apart(titles, Words{{"court"}, {"law", "rent"}, {"rent", "tax"}, {}});
  EXPECT_THAT(names(titles), ElementsAre("Law", "law (rent)", "Law (tax)", "Art"));
}

TEST(TellApart, NumbersWhereNoWordIsLeft) {
  std::vector<TaskTitle> titles = {{"Law", ""}, {"Law", ""}, {"Law", ""}, {"Law (2)", ""}};
  tell_apart(titles, Words{{}, {}, {"law"}, {}});
  EXPECT_THAT(names(titles), ElementsAre("Law", "Law (2)", "Law (3)", "Law (2) (2)"));
}

/// Two tasks of four prompts and of two, and a prompt of none.
class NameByWords : public ::testing::Test {
 protected:
  NameByWords() : embeddings_(7, 2) {
    const std::vector<std::vector<float>> rows = {
        {1, 0}, {0.8F, 0.6F}, {1, 0}, {0.96F, 0.28F}, {0, 1}, {0, 1}, {-1, 0}};
    for (std::size_t i = 0; i < rows.size(); ++i) {
      std::ranges::copy(rows[i], embeddings_.row(i).begin());
    }
    tasks_.resize(2);
    tasks_[0].prompts = {0, 1, 2, 3};
    tasks_[0].centre = {1, 0};
    tasks_[1].prompts = {4, 5};
    tasks_[1].centre = {0, 1};
  }

  std::vector<NamedTask> named(const std::vector<std::string>& texts) {
    return name_by_words(
        tasks_, embeddings_, std::vector<std::string_view>(texts.begin(), texts.end()));
  }

  base::Matrix embeddings_;
  std::vector<DiscoveredTask> tasks_;
};

TEST_F(NameByWords, SaysWhatIsTypicalInASentence) {
  const auto tasks = named(
      {"tenant court", "tenant court", "tenant court", "tenant rent", "a vector", "vector", "x"});
  EXPECT_EQ(tasks[0].title.name, "tenant, court");
  EXPECT_EQ(tasks[0].title.definition, "Prompts in which tenant and court are typical.");
  EXPECT_EQ(tasks[1].title.definition, "Prompts in which vector is typical.");
}

TEST_F(NameByWords, ShowsTheNearestTextsEachOnce) {
  const auto tasks =
      named({"first", "far\n\naway", "first", std::string(500, 'x'), "same", "same", ""});
  EXPECT_THAT(tasks[0].shown, SizeIs(3));
  EXPECT_EQ(tasks[0].shown[0], "first");
  EXPECT_LT(tasks[0].shown[1].size(), 330U);
  EXPECT_EQ(tasks[0].shown[2], "far away");
  EXPECT_THAT(tasks[1].shown, ElementsAre("same"));
}

TEST_F(NameByWords, HasANameForEveryTaskAndNoneTwice) {
  const auto without = named({"", "", "", "", "", "", ""});
  EXPECT_EQ(without[0].title.name, "task 1");
  EXPECT_EQ(without[1].title.name, "task 2");
  const auto alike = named({"law", "law", "law", "law", "law", "law", "art"});
  EXPECT_EQ(alike[0].title.name, "law");
  EXPECT_EQ(alike[1].title.name, "law (2)");
}

}  // namespace
}  // namespace wend::discover
