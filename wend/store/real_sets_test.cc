// SPDX-License-Identifier: Apache-2.0
// The import on real outcome sets, found through WEND_DATA.
#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "tests/support/temp_dir.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/data/outcome_table.h"
#include "wend/store/import_folder.h"

namespace wend::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// The folder of a set, or "" where WEND_DATA does not hold it.
std::string set_folder(const std::string& name) {
  const char* data = std::getenv("WEND_DATA");
  const std::string folder = data == nullptr ? "" : fmt::format("{}/{}", data, name);
  return std::filesystem::exists(folder + "/outcomes.jsonl.zst") ? folder : "";
}

bool is_slow_run() {
  return std::getenv("WEND_SLOW") != nullptr && std::string_view(std::getenv("WEND_SLOW")) == "1";
}

TEST(RealSets, ImportsFusionBench) {
  const std::string set = set_folder("fusionbench");
  if (set.empty()) {
    GTEST_SKIP() << "WEND_DATA is not set to the folder of outcome sets";
  }
  const support::TempDir folder;
  const auto open = [&] { return open_or_make_store(folder / "wend.db"); };
  const ImportReport report = *import_folder(open, set, {});
  EXPECT_EQ(report.queries, 5989U);
  EXPECT_EQ(report.models, 9U);
  EXPECT_EQ(report.outcomes, 53901U);
  EXPECT_EQ(report.null_cost, 53901U);
  EXPECT_EQ(report.tasks, 14U);
  EXPECT_EQ(report.bad_rows, 0U);
  const data::OutcomeTable table =
      *data::OutcomeTable::build(*(*open())->load_dataset("fusionbench"), {});
  EXPECT_FALSE(table.has_costs());
  EXPECT_THAT(table.notes, ElementsAre(HasSubstr("quality-only")));
}

TEST(RealSetsSlow, ImportsMmluProTwice) {
  const std::string set = set_folder("mmlupro-cot");
  if (!is_slow_run()) {
    GTEST_SKIP() << "slow: set WEND_SLOW=1 to run it";
  }
  if (set.empty()) {
    GTEST_SKIP() << "WEND_DATA is not set to the folder of outcome sets";
  }
  const support::TempDir folder;
  const auto open = [&] { return open_or_make_store(folder / "wend.db"); };
  const ImportReport report = *import_folder(open, set, {});
  EXPECT_EQ(report.queries, 12032U);
  EXPECT_EQ(report.models, 33U);
  EXPECT_EQ(report.outcomes, 394893U);
  EXPECT_EQ(report.null_cost, 11825U);
  EXPECT_EQ(report.bad_rows, 0U);
  EXPECT_FALSE(import_folder(open, set, {})->changed());

  const data::Dataset dataset = *(*open())->load_dataset("mmlupro-cot");
  EXPECT_EQ(dataset.outcomes.size(), 394893U);
  const data::OutcomeTable table = *data::OutcomeTable::build(dataset, {});
  EXPECT_EQ(table.pool, "main");
  EXPECT_EQ(table.queries.size(), 11931U);
  EXPECT_EQ(table.dropped_incomplete, 101U);
  EXPECT_THAT(table.notes, ElementsAre(HasSubstr("'gemini-3.1-pro' has no cost")));
}

TEST(RealSetsSlow, ImportsEverySet) {
  if (!is_slow_run() || std::getenv("WEND_DATA") == nullptr) {
    GTEST_SKIP() << "slow, and needs WEND_DATA: set WEND_SLOW=1 to run it";
  }
  const support::TempDir folder;
  const auto open = [&] { return open_or_make_store(folder / "wend.db"); };
  for (const auto& entry : std::filesystem::directory_iterator(std::getenv("WEND_DATA"))) {
    const auto report = import_folder(open, entry.path().string(), {});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->bad_rows, 0U) << report->dataset;
  }
}

}  // namespace
}  // namespace wend::store
