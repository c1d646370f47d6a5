// SPDX-License-Identifier: Apache-2.0
#include "wend/store/task_files.h"

#include "tests/support/temp_dir.h"
#include <gtest/gtest.h>

namespace wend::store {
namespace {

core::Taxonomy two_tasks() {
  std::vector<core::TaskNode> nodes(2);
  nodes[0].id = "task-a";
  nodes[0].name = "with \"quotes\" and \xC3\xBC";
  nodes[1].id = "task-b";
  nodes[1].name = "plain";
  return core::Taxonomy::build(std::move(nodes)).value();
}

std::vector<core::QueryRecord> queries(const std::vector<std::string>& ids) {
  std::vector<core::QueryRecord> rows;
  for (const std::string& id : ids) {
    rows.emplace_back().id = id;
  }
  return rows;
}

TEST(TaskFolder, ReadsBackWhatWasWritten) {
  const support::TempDir scratch;
  const std::string folder = scratch / "made/on/the/way";
  const std::vector<core::TaskLabel> labels = {{0, 1, 1.0F}, {2, 0, 0.25F}, {2, 1, 0.75F}};
  const auto written = queries({"first\n\"odd\"", "unlabelled", "third"});
  ASSERT_TRUE(write_task_folder(two_tasks(), written, labels, folder));

  const auto alone = read_task_folder(folder);
  ASSERT_TRUE(alone) << alone.error().message;
  EXPECT_EQ(alone->taxonomy, two_tasks());
  EXPECT_EQ(alone->queries.size(), 2U);

  data::Dataset dataset;
  dataset.queries = written;
  ASSERT_TRUE(replace_tasks(dataset, folder));
  EXPECT_EQ(dataset.labels, labels);
  EXPECT_EQ(dataset.taxonomy, two_tasks());
}

TEST(TaskFolder, IsRefusedByNameWhereItCannotBeMadeOrRead) {
  const support::TempDir scratch;
  const std::string file = scratch.write("file", "in the way");
  const auto refused =
      write_task_folder(two_tasks(), queries({"query"}), {{0, 0, 1.0F}}, file + "/in");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find(file), std::string::npos);
  const auto absent = read_task_folder(scratch / "absent");
  ASSERT_FALSE(absent);
  EXPECT_NE(absent.error().message.find("task_labels.jsonl"), std::string::npos);
}

}  // namespace
}  // namespace wend::store
