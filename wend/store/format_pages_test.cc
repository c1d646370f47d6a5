// SPDX-License-Identifier: Apache-2.0
// The pages in docs/formats say what the code does: every example on them is read, every table and
// column of the store is on its page.
#include <functional>
#include <map>
#include <sstream>

#include "tests/support/temp_dir.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/base/file.h"
#include "wend/store/row_parsers.h"
#include "wend/store/sqlite_schema.h"
#include "wend/store/store.h"

namespace wend::store {
namespace {

using ::testing::HasSubstr;

std::string page(const std::string& name) {
  return *base::read_file(std::string(WEND_SOURCE_DIR) + "/docs/formats/" + name);
}

/// Lines that are objects, by the heading they stand under.
std::map<std::string, std::vector<std::string>> examples(const std::string& text) {
  std::map<std::string, std::vector<std::string>> found;
  std::istringstream lines(text);
  std::string heading;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("## ")) {
      heading = line.substr(3);
    } else if (line.starts_with("{\"") && line.ends_with("}")) {
      found[heading].push_back(line);
    }
  }
  return found;
}

template <class Row>
std::string fault_of(const RowResult<Row>& row) {
  return row ? "good" : row.error().detail;
}

TEST(FormatPages, HoldRowsThatAreGood) {
  using Parse = std::function<std::string(std::string_view)>;
  const std::map<std::string, Parse> parsers = {
      {"queries.jsonl", [](std::string_view line) { return fault_of(parse_query_row(line)); }},
      {"models.jsonl", [](std::string_view line) { return fault_of(parse_model_row(line)); }},
      {"outcomes.jsonl", [](std::string_view line) { return fault_of(parse_outcome_row(line)); }},
      {"replies.jsonl", [](std::string_view line) { return fault_of(parse_reply_row(line)); }},
      {"task_labels.jsonl", [](std::string_view line) { return fault_of(parse_label_row(line)); }},
  };
  auto found = examples(page("outcomes.md"));
  found.merge(examples(page("taxonomy.md")));
  for (const auto& [heading, parse] : parsers) {
    ASSERT_FALSE(found[heading].empty()) << heading;
    for (const std::string& line : found[heading]) {
      EXPECT_EQ(parse(line), "good") << line;
    }
  }
}

TEST(FormatPages, HoldATaxonomyThatIsRead) {
  const std::string text = page("taxonomy.md");
  const std::size_t begin = text.find("```json\n") + 8;
  const auto taxonomy = core::Taxonomy::parse(text.substr(begin, text.find("```", begin) - begin));
  ASSERT_TRUE(taxonomy) << taxonomy.error().message;
  EXPECT_EQ(taxonomy->leaves().size(), 3U);
}

TEST(FormatPages, NameEveryTableAndColumnOfTheStore) {
  const support::TempDir folder;
  const std::string text = page("store.md");
  auto database = *Database::open(folder / "wend.db", WhereMissing::kMake);
  ASSERT_TRUE(migrate(*database));
  Statement column = *database->prepare(
      "SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c WHERE t.type = "
      "'table'");
  column.bind();
  std::size_t columns = 0;
  for (; *column.next(); ++columns) {
    const std::size_t row = text.find(fmt::format("| `{}` |", column.text(0)));
    ASSERT_NE(row, std::string::npos) << column.text(0);
    EXPECT_THAT(text.substr(row, text.find('\n', row) - row),
                HasSubstr(fmt::format("`{}`", column.text(1))))
        << column.text(0);
  }
  EXPECT_GT(columns, 40U);
}

}  // namespace
}  // namespace wend::store
