// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/discover_map.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wend::trips {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string repeated(const std::string& text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) {
    all += text;
  }
  return all;
}

/// One task, whose exemplars are these prompts.
std::string page_of(const std::vector<std::string>& prompts) {
  PreparedData prepared;
  TaskDiscovery discovery;
  data::Examples& train = discovery.set.train;
  train.embeddings = data::Embeddings::from_pooled(base::Matrix(prompts.size(), 4, 1.0F));
  train.quality = base::Matrix(prompts.size(), 0);
  FoundTasks& found = discovery.found;
  found.discovered.tasks.resize(1);
  found.exemplars.resize(2);
  for (std::uint32_t i = 0; i < prompts.size(); ++i) {
    prepared.table.queries.emplace_back().prompt = prompts[i];
    discovery.table_rows.push_back({i});
    train.text_sha256.push_back(std::to_string(i));
    train.labels.emplace_back();
    found.discovered.task.push_back(0);
    found.discovered.tasks[0].prompts.push_back(i);
    found.exemplars[0].push_back(i);
  }
  core::TaskNode node;
  node.id = node.name = "t-1";
  found.taxonomy = core::Taxonomy::build({node}).value();
  const auto page = task_map({}, prepared, nullptr, discovery);
  EXPECT_TRUE(page) << page.error().message;
  return page.value_or("");
}

TEST(TaskMap, ShowsFourHundredCodePointsInAnyScript) {
  const std::string cyrillic = repeated("ж", 400);
  const std::string chinese = repeated("雨", 450);
  const std::string page = page_of({cyrillic, chinese});
  EXPECT_THAT(page, HasSubstr(fmt::format(">{}<", cyrillic)));
  EXPECT_THAT(page, HasSubstr(fmt::format(">{}…<", chinese.substr(0, std::size_t{3} * 400))));
  EXPECT_THAT(page, Not(HasSubstr("\xEF\xBF\xBD"))) << "a code point that was cut in two";
}

TEST(TaskMap, OfSomePromptsTakesTheirDescriptionsOrThemselves) {
  data::TrainingSet set;
  for (data::Examples* part : {&set.train, &set.validation}) {
    base::Matrix vectors(3, 2);
    for (std::size_t i = 0; i < 3; ++i) {
      vectors(i, part == &set.train ? 0 : 1) = 1;
      part->text_sha256.push_back(fmt::format("{}{}", part == &set.train ? "t" : "v", i));
    }
    part->embeddings = data::Embeddings::from_pooled(vectors);
    part->quality = base::Matrix(3, 0);
  }
  const VectorsByText descriptions = {{"v1", {0.6F, 0.8F}}};
  const std::vector<std::uint32_t> prompts = {4, 0, 5};
  const base::Matrix some = prompt_meanings({set, &descriptions}, prompts);
  const base::Matrix all = prompt_meanings({set, &descriptions});
  ASSERT_EQ(some.rows(), 3U);
  ASSERT_EQ(all.rows(), 6U);
  EXPECT_EQ(some(0, 0), 0.6F);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_TRUE(std::ranges::equal(some.row(i), all.row(prompts[i])));
  }
}

}  // namespace
}  // namespace wend::trips
