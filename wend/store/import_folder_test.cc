// SPDX-License-Identifier: Apache-2.0
#include "wend/store/import_folder.h"

#include <algorithm>
#include <filesystem>

#include "tests/support/temp_dir.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/base/compression.h"
#include "wend/base/random.h"
#include "wend/store/task_files.h"

namespace wend::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::SizeIs;

std::string join(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    text += line + "\n";
  }
  return text;
}

/// A folder of 20 queries x 2 models in a temporary directory, and a store beside it.
class ImportFolder : public ::testing::Test {
 protected:
  ImportFolder() {
    for (int i = 0; i < 20; ++i) {
      queries_.push_back(fmt::format(
          R"({{"id":"q{0}","dataset":"d{1}","task":"t{2}","prompt":"p {0}","reference":null,"metric":"m","topic":"x{3}"}})",
          i,
          i % 3,
          i % 2,
          i % 4));
      for (const char* model : {"small", "large"}) {
        outcomes_.push_back(
            fmt::format(R"({{"query_id":"q{}","model":"{}","quality":{},"cost":{}}})",
                        i,
                        model,
                        i % 2,
                        i == 3 ? "null" : "0.5"));
      }
    }
    models_ = {
        R"({"id":"small","params_b":1,"input_price_per_mtok":1,"output_price_per_mtok":2})",
        R"({"id":"large","params_b":null,"input_price_per_mtok":null,"output_price_per_mtok":null})"};
    write();
  }

  void write() {
    folder_.write("set/queries.jsonl", join(queries_));
    folder_.write("set/models.jsonl", join(models_));
    folder_.write("set/outcomes.jsonl", join(outcomes_));
  }

  base::Result<ImportReport> import_from(const std::string& folder,
                                         const ImportOptions& options = {}) {
    return import_folder([&] { return open_or_make_store(folder_ / "wend.db"); }, folder, options);
  }

  base::Result<ImportReport> import(const ImportOptions& options = {}) {
    return import_from(folder_ / "set", options);
  }

  std::string message(const ImportOptions& options = {}) {
    const auto report = import(options);
    return report ? "no error" : report.error().message;
  }

  /// Of an import that must fail for what one file of the folder says: no misuse, and the error
  /// names the file for machines.
  std::string fault_in(const std::string& file) {
    const auto report = import();
    if (report) {
      return "no error";
    }
    EXPECT_EQ(report.error().code, base::Code::kDataLoss) << report.error().message;
    EXPECT_EQ(report.error().place.file, folder_ / ("set/" + file)) << report.error().message;
    return report.error().message;
  }

  data::Dataset load(std::string_view name = "set") {
    return *(*open_store(folder_ / "wend.db"))->load_dataset(name);
  }

  bool is_store_made() { return std::filesystem::exists(folder_ / "wend.db"); }

  support::TempDir folder_;
  std::vector<std::string> queries_;
  std::vector<std::string> models_;
  std::vector<std::string> outcomes_;
};

TEST_F(ImportFolder, CountsWhatItReads) {
  const ImportReport report = *import();
  EXPECT_EQ(report.dataset, "set");
  EXPECT_EQ(report.queries, 20U);
  EXPECT_EQ(report.models, 2U);
  EXPECT_EQ(report.outcomes, 40U);
  EXPECT_EQ(report.tasks, 6U);
  EXPECT_EQ(report.null_cost, 2U);
  EXPECT_EQ(report.bad_rows, 0U);
  EXPECT_EQ(report.counts.inserted, 62U);
  EXPECT_TRUE(report.changed());
}

TEST_F(ImportFolder, SaysThatTheSameFilesChangeNothing) {
  ASSERT_TRUE(import());
  const ImportReport again = *import();
  EXPECT_FALSE(again.changed());
  EXPECT_EQ(again.counts.unchanged, 62U);
  outcomes_[7] = R"({"query_id":"q3","model":"large","quality":0.25})";
  queries_[0] = R"({"id":"q0","dataset":"d0","task":"t0","prompt":"changed"})";
  write();
  EXPECT_EQ(import()->counts.updated, 2U);
}

TEST_F(ImportFolder, ReadsPackedFilesAndGivesTheSameDataInAnyOrder) {
  ASSERT_TRUE(import());
  base::Random random(1);
  for (auto* lines : {&queries_, &models_, &outcomes_}) {
    random.shuffle(std::span(*lines));
  }
  for (const char* name : {"queries", "models", "outcomes"}) {
    std::filesystem::remove(folder_ / fmt::format("set/{}.jsonl", name));
  }
  folder_.write("set/queries.jsonl.zst", *base::compress_zstd(join(queries_)));
  folder_.write("set/models.jsonl.zst", *base::compress_zstd(join(models_)));
  folder_.write("set/outcomes.jsonl.zst",
                *base::compress_zstd("\xEF\xBB\xBF" + join(outcomes_) + "\r\n \n"));
  const ImportReport report = *import({.name = "packed", .taxonomy_fields = {}});
  EXPECT_EQ(report.outcomes, 40U);
  data::Dataset packed = load("packed");
  packed.name = "set";
  EXPECT_EQ(packed, load());
}

TEST_F(ImportFolder, ReportsBadRowsWithFileLineAndReason) {
  outcomes_.insert(outcomes_.begin() + 4, R"({"query_id":"q1","model":"small","quality":NaN})");
  outcomes_.push_back(R"({"query_id":"nobody","model":"small","quality":1})");
  outcomes_.push_back(R"({"query_id":"q1","model":"smal","quality":1})");
  outcomes_.push_back(outcomes_[0]);
  outcomes_.emplace_back("{not json");
  write();
  const ImportReport report = *import({.name = "", .taxonomy_fields = {}, .max_bad = 0.2});
  EXPECT_EQ(report.outcomes, 40U);
  EXPECT_EQ(report.bad_rows, 5U);
  EXPECT_THAT(report.reasons,
              ElementsAre(Pair("NaN or infinity", 1U),
                          Pair("malformed JSON", 1U),
                          Pair("repeated (query_id, model, draw)", 1U),
                          Pair("unknown model", 1U),
                          Pair("unknown query_id", 1U)));
  ASSERT_THAT(report.first_bad, SizeIs(5));
  EXPECT_EQ(report.first_bad[0].place.line, 5U);
  EXPECT_THAT(report.first_bad[0].sentence(), HasSubstr("outcomes.jsonl:5: NaN"));
  EXPECT_THAT(report.first_bad[2].sentence(), HasSubstr("did you mean 'small'?"));
}

TEST_F(ImportFolder, HintsAtAKeyThatIsKeptThoughItLooksMisspelt) {
  outcomes_[4] = R"({"query_id":"q2","model":"small","quality":1,"cots":0.5})";
  outcomes_[5] = R"({"query_id":"q2","model":"large","quality":1,"cots":0.5,"note":"x"})";
  // A row that has the known key has meant it.
  outcomes_[6] = R"({"query_id":"q3","model":"small","quality":1,"cost":0.5,"costs":[1]})";
  write();
  const ImportReport report = *import();
  ASSERT_THAT(report.key_hints, SizeIs(1));
  EXPECT_EQ(report.key_hints[0].rows, 2U);
  EXPECT_EQ(report.key_hints[0].first.line, 5U);
  EXPECT_EQ(report.key_hints[0].meant, "cost");
  EXPECT_THAT(
      report.key_hints[0].sentence(),
      HasSubstr(
          "outcomes.jsonl:5: the key 'cots' (2 rows) is kept but not read; did you mean 'cost'?"));
  EXPECT_EQ(report.bad_rows, 0U);
}

TEST_F(ImportFolder, ImportsNothingAboveTheShareOfBadRows) {
  outcomes_.emplace_back("{");
  write();
  const auto report = import();
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error().message, HasSubstr("1 of 41 rows are bad"));
  EXPECT_THAT(report.error().message, HasSubstr("1 x malformed JSON"));
  EXPECT_EQ(report.error().place.line, 41U);
  EXPECT_FALSE(is_store_made());
  EXPECT_TRUE(import({.name = "", .taxonomy_fields = {}, .max_bad = 1.0 / 41}));
}

TEST_F(ImportFolder, RefusesASetWithoutQueriesOrModels) {
  ASSERT_TRUE(import());
  std::filesystem::remove(folder_ / "wend.db");
  for (const char* name : {"queries", "models"}) {
    write();
    folder_.write(fmt::format("set/{}.jsonl", name), "\n \n");
    EXPECT_THAT(fault_in(fmt::format("{}.jsonl", name)), HasSubstr("expected one a line"));
  }
  EXPECT_FALSE(is_store_made());
}

TEST_F(ImportFolder, TakesPromptsThatHaveNoOutcomesYet) {
  folder_.write("set/outcomes.jsonl", "\n");
  const auto report = import();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->outcomes, 0U);
  EXPECT_EQ(report->queries, queries_.size());
}

TEST_F(ImportFolder, TakesTheSameIdTwiceForABadRow) {
  queries_.push_back(queries_[0]);
  write();
  EXPECT_THAT(message(), HasSubstr("repeated query id"));
  queries_.pop_back();
  models_.push_back(models_[0]);
  write();
  EXPECT_THAT(message(), HasSubstr("repeated model id"));
}

TEST_F(ImportFolder, NamesAMissingFileAndWhatWasProbablyMeant) {
  std::filesystem::rename(folder_ / "set/outcomes.jsonl", folder_ / "set/outcome.jsonl");
  EXPECT_THAT(
      message(),
      HasSubstr("no outcomes.jsonl (or .zst, .gz) in the folder (did you mean 'outcome.jsonl'?)"));
  EXPECT_THAT(import_from(folder_ / "nowhere").error().message,
              HasSubstr("there is no such folder"));
  EXPECT_THAT(import_from(folder_ / "set/models.jsonl").error().message, HasSubstr("found a file"));
  EXPECT_FALSE(is_store_made());
}

TEST_F(ImportFolder, NamesTheFileOfDamagedData) {
  std::string packed = *base::compress_zstd(join(outcomes_));
  std::filesystem::remove(folder_ / "set/outcomes.jsonl");
  folder_.write("set/outcomes.jsonl.zst", packed.substr(0, packed.size() / 2));
  EXPECT_THAT(message(), HasSubstr("outcomes.jsonl.zst"));
  EXPECT_FALSE(is_store_made());
}

TEST_F(ImportFolder, TakesItsNameFromTheFolderOrTheOption) {
  EXPECT_EQ(import_from(folder_ / "set/")->dataset, "set");
  EXPECT_EQ(import_from(folder_ / "set/../set/.")->dataset, "set");
  EXPECT_EQ(import({.name = "other", .taxonomy_fields = {}})->dataset, "other");
  EXPECT_THAT(message({.name = "a\nb", .taxonomy_fields = {}}),
              HasSubstr("without control characters"));
}

TEST_F(ImportFolder, RefusesAShareOutOfRange) {
  for (const double share : {-0.1, 1.1, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_THAT(message({.name = "", .taxonomy_fields = {}, .max_bad = share}),
                HasSubstr("expected a share from 0 to 1"));
  }
}

TEST_F(ImportFolder, ReadsPoolsAndRefusesAModelThatIsNotThere) {
  folder_.write("set/pools.json", R"({"main":["large","small"],"one":["small"]})");
  ASSERT_TRUE(import());
  EXPECT_THAT(load().pools.at("main"), ElementsAre("large", "small"));
  folder_.write("set/pools.json", R"({"main":["larje"]})");
  EXPECT_THAT(fault_in("pools.json"),
              HasSubstr("pool 'main' names the model 'larje', which is not in models.jsonl (did "
                        "you mean 'large'?)"));
  folder_.write("set/pools.json", R"({"main":["small","small"]})");
  EXPECT_THAT(fault_in("pools.json"), HasSubstr("twice"));
  folder_.write("set/pools.json", R"({"one":["small"],"one":["large"]})");
  EXPECT_THAT(fault_in("pools.json"), HasSubstr("the key 'one' stands twice"));
  for (const char* pools : {"", "[]", R"({"main":"small"})", R"({"main":[1]})", R"({"main":[]})"}) {
    folder_.write("set/pools.json", pools);
    EXPECT_THAT(fault_in("pools.json"), HasSubstr("pools.json")) << pools;
  }
}

TEST_F(ImportFolder, BuildsTaskTypesFromTaskAndDataset) {
  ASSERT_TRUE(import());
  const data::Dataset dataset = load();
  std::vector<std::string> ids;
  for (const core::TaskNode& node : dataset.taxonomy.nodes()) {
    ids.push_back(node.id);
  }
  EXPECT_THAT(ids, ElementsAre("t0", "t0:d0", "t0:d1", "t0:d2", "t1", "t1:d0", "t1:d1", "t1:d2"));
  EXPECT_EQ(dataset.labels.size(), 20U);
  EXPECT_EQ(dataset.taxonomy.profile_text(1), "t0\nd0");
}

TEST_F(ImportFolder, BuildsTaskTypesFromTheFieldsThatAreNamed) {
  EXPECT_EQ(import({.name = "", .taxonomy_fields = {"task", "topic"}})->tasks, 4U);
  EXPECT_EQ(import({.name = "", .taxonomy_fields = {"topic"}})->tasks, 4U);
  EXPECT_THAT(message({.name = "", .taxonomy_fields = {"task", "topik"}}),
              HasSubstr("no query has the field 'topik' (did you mean 'topic'?)"));
  EXPECT_THAT(message({.name = "", .taxonomy_fields = {"task", "topic", "task"}}),
              HasSubstr("the field 'task' stands twice"));
}

TEST_F(ImportFolder, KeepsIdsOfFieldsApartAndNamesWhatIsUnspecified) {
  queries_[0] = R"({"id":"q0","dataset":"b:c","task":"a","prompt":"p"})";
  queries_[1] = R"({"id":"q1","dataset":"c","task":"a:b","prompt":"p"})";
  queries_[2] = R"({"id":"q2","dataset":"","task":"a","prompt":"p"})";
  write();
  ASSERT_TRUE(import());
  const core::Taxonomy taxonomy = load().taxonomy;
  EXPECT_TRUE(taxonomy.find("a:b%3Ac") && taxonomy.find("a%3Ab:c") &&
              taxonomy.find("a:unspecified"));
}

TEST_F(ImportFolder, ReadsATaxonomyAndItsLabels) {
  folder_.write(
      "set/taxonomy.json",
      R"({"nodes":[{"id":"x","name":"X","children":[{"id":"y","name":"Y"}]},{"id":"z","name":"Z"}]})");
  folder_.write("set/task_labels.jsonl",
                join({R"({"query_id":"q0","task_id":"y","weight":0.5})",
                      R"({"query_id":"q0","task_id":"z","weight":0.5})"}));
  EXPECT_EQ(import()->tasks, 2U);
  EXPECT_THAT(load().labels, SizeIs(2));
  EXPECT_THAT(message({.name = "", .taxonomy_fields = {"task"}}),
              HasSubstr("--taxonomy asks for another"));

  folder_.write("set/task_labels.jsonl", R"({"query_id":"q0","task_id":"yy"})");
  EXPECT_THAT(message(), HasSubstr("unknown task_id"));
  folder_.write("set/taxonomy.json", R"({"nodes":[{"id":"x"}]})");
  EXPECT_THAT(fault_in("taxonomy.json"),
              HasSubstr("taxonomy.json: node 1: expected a non-empty string under 'name'"));
  std::filesystem::remove(folder_ / "set/taxonomy.json");
  EXPECT_THAT(fault_in("task_labels.jsonl"), HasSubstr("labels without a taxonomy.json"));
}

TEST_F(ImportFolder, PutsRepliesIntoTheLedger) {
  folder_.write("set/replies.jsonl.zst", *base::compress_zstd(R"({"id":"r1","reply":"4"})"));
  EXPECT_EQ(import()->replies, 1U);
  EXPECT_EQ(*(*open_store(folder_ / "wend.db"))->find_reply("r1"), R"({"id":"r1","reply":"4"})");
  EXPECT_FALSE(import()->changed());
}

TEST_F(ImportFolder, ReadsAPromptOfTenMegabytes) {
  queries_[0] =
      R"({"id":"q0","dataset":"d","task":"t","prompt":")" + std::string(10'000'000, 'a') + "\"}";
  write();
  ASSERT_TRUE(import());
  EXPECT_EQ(load().queries[0].prompt.size(), 10'000'000U);
}

TEST_F(ImportFolder, ReplacesTheTasksOfALoadedCollection) {
  ASSERT_TRUE(import());
  data::Dataset dataset = load();
  folder_.write("tasks/taxonomy.json", R"({"nodes":[{"id":"n","name":"N"}]})");
  folder_.write(
      "tasks/task_labels.jsonl",
      join({R"({"query_id":"q5","task_id":"n"})", R"({"query_id":"elsewhere","task_id":"n"})"}));
  ASSERT_TRUE(replace_tasks(dataset, folder_ / "tasks"));
  ASSERT_THAT(dataset.labels, SizeIs(1));
  EXPECT_EQ(dataset.queries[dataset.labels[0].query].id, "q5");
  EXPECT_THAT(dataset.taxonomy.nodes(), SizeIs(1));

  folder_.write("tasks/task_labels.jsonl",
                join({R"({"query_id":"q5","task_id":"n"})", R"({"query_id":"q5","task_id":"m"})"}));
  const base::Error unknown = replace_tasks(dataset, folder_ / "tasks").error();
  EXPECT_THAT(unknown.message,
              HasSubstr("task_labels.jsonl:2: task_id 'm' is not in the taxonomy.json"));
  EXPECT_EQ(unknown.code, base::Code::kDataLoss);
  EXPECT_EQ(unknown.place.file, folder_ / "tasks/task_labels.jsonl");
  EXPECT_EQ(unknown.place.line, 2U);
  folder_.write("tasks/task_labels.jsonl", R"({"query_id":"elsewhere","task_id":"n"})");
  EXPECT_THAT(replace_tasks(dataset, folder_ / "tasks").error().message,
              HasSubstr("no label belongs to a query"));
  const base::Error nowhere = replace_tasks(dataset, folder_ / "nowhere").error();
  EXPECT_THAT(nowhere.message, HasSubstr("expected a folder with taxonomy.json"));
  EXPECT_EQ(nowhere.place.file, folder_ / "nowhere");
  EXPECT_THAT(dataset.taxonomy.nodes(), SizeIs(1));
}

}  // namespace
}  // namespace wend::store
