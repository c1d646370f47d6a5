// SPDX-License-Identifier: Apache-2.0
#include "wend/eval/decisions.h"

#include <algorithm>
#include <filesystem>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "wend/base/file.h"
#include "wend/eval/scripted_world.h"

namespace wend::eval {
namespace {

using testing::HasSubstr;

Replay replay_of(const data::OutcomeTable& table) {
  return scripted_run(
             "knn", Source::kInDomain, table, {scripted_fold({0, 1})}, [](auto...) { return 1; })
      .replays[0];
}

PlannedRow row_of(const std::string& spec) {
  return {{spec, spec, {}}, Source::kColdStart, Listing::kShown};
}

data::OutcomeTable table_with_odd_names() {
  data::OutcomeTable table = scripted_table({{0.5, 0.5}, {0.5, 0.5}}, {});
  table.queries[0].id = "a\"b\\\n";
  table.models[1].id = "mod\xC3\xA8le";
  return table;
}

/// A folder of the test's own, empty at first.
std::string fresh_folder(const std::string& name) {
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / ("wend_decisions_" + name);
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder.string();
}

std::size_t entries(const std::string& folder) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) {
    ++count;
  }
  return count;
}

TEST(DecisionLine, IsTheDocumentedObjectAlsoForOddNames) {
  const data::OutcomeTable table = table_with_odd_names();
  Choice choice{7, 0, 1, 1, 0.625F, 0.0125F, {}};
  const std::string line = decision_line(choice, row_of("trouter{a=1,b=2}"), table);
  EXPECT_EQ(line.back(), '\n');
  const nlohmann::json json = nlohmann::json::parse(line);
  EXPECT_EQ(json["seed"], 7);
  EXPECT_EQ(json["router"], "trouter{a=1,b=2}");
  EXPECT_EQ(json["source"], "cold_start");
  EXPECT_EQ(json["preference"], "balanced");
  EXPECT_EQ(json["query_id"], "a\"b\\\n");
  EXPECT_EQ(json["model"], "mod\xC3\xA8le");
  EXPECT_FLOAT_EQ(json["predicted_cost"].get<float>(), 0.0125F);
  choice.predicted_quality = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(nlohmann::json::parse(decision_line(choice, row_of("r"), table))["predicted_quality"]
                  .is_null());
}

TEST(DecisionLine, HasTheKeysOfItsFormatPage) {
  const std::string page =
      *base::read_file(std::string(WEND_SOURCE_DIR) + "/docs/formats/decisions.md");
  const std::size_t begin = page.find("{\"seed\"");
  const auto documented =
      nlohmann::ordered_json::parse(page.substr(begin, page.find('\n', begin) - begin));
  const auto written =
      nlohmann::ordered_json::parse(decision_line({}, row_of("knn"), table_with_odd_names()));
  std::vector<std::string> keys;
  for (const auto& [key, value] : written.items()) {
    keys.push_back(key);
    EXPECT_TRUE(documented.contains(key)) << key;
    EXPECT_THAT(page, HasSubstr("| `" + key + "` |"));
  }
  EXPECT_EQ(keys.size(), documented.size());
}

TEST(DecisionsFile, AppearsWholeWhenFinished) {
  const std::string folder = fresh_folder("whole");
  const std::string path = folder + "/d.jsonl";
  const data::OutcomeTable table = table_with_odd_names();
  auto file = DecisionsFile::create(path);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->append(replay_of(table), row_of("knn"), table));
  EXPECT_FALSE(std::filesystem::exists(path));
  ASSERT_TRUE(file->append(replay_of(table), row_of("ridge"), table));
  ASSERT_TRUE(file->finish());
  const std::string content = *base::read_file(path);
  EXPECT_EQ(std::count(content.begin(), content.end(), '\n'), 12);
  EXPECT_EQ(entries(folder), 1);
}

TEST(DecisionsFile, LeavesNothingBehindAndTheOldFileWhenNotFinished) {
  const std::string folder = fresh_folder("unfinished");
  const std::string path = folder + "/d.jsonl";
  ASSERT_TRUE(base::write_file_atomically(path, "old"));
  {
    auto file = DecisionsFile::create(path);
    ASSERT_TRUE(file);
    const data::OutcomeTable table = table_with_odd_names();
    ASSERT_TRUE(file->append(replay_of(table), row_of("knn"), table));
  }
  EXPECT_EQ(*base::read_file(path), "old");
  EXPECT_EQ(entries(folder), 1);
}

TEST(DecisionsFile, NamesAPathThatCannotBeWritten) {
  const auto file = DecisionsFile::create("/nonexistent/folder/d.jsonl");
  ASSERT_FALSE(file);
  EXPECT_THAT(file.error().message, HasSubstr("--decisions '/nonexistent/folder/d.jsonl'"));
}

}  // namespace
}  // namespace wend::eval
