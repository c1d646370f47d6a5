// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fstream>

#include "tests/support/temp_dir.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wend/base/random.h"
#include "wend/store/sqlite_collections.h"
#include "wend/store/sqlite_schema.h"
#include "wend/store/store.h"

namespace wend::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

core::QueryRecord query(const std::string& id, const std::string& prompt) {
  core::QueryRecord record;
  record.id = id;
  record.dataset = "d";
  record.task = "t";
  record.prompt = prompt;
  return record;
}

core::Outcome outcome(std::uint32_t query, std::uint32_t model, float quality) {
  core::Outcome result;
  result.query = query;
  result.model = model;
  result.quality = quality;
  result.cost = 0.1 * static_cast<double>(query + 1);
  return result;
}

data::Dataset small(std::size_t queries = 3) {
  data::Dataset dataset;
  dataset.name = "small";
  dataset.models = {{"m1", 7.0, {}, 0.5, "{}"}, {"m2", {}, {}, {}, R"({"k":1})"}};
  dataset.taxonomy = *core::Taxonomy::parse(
      R"({"nodes":[{"id":"a","name":"A","children":[{"id":"a1","name":"A1"}]},{"id":"b","name":"B"}]})");
  dataset.pools = {{"main", {"m1", "m2"}}};
  for (std::size_t i = 0; i < queries; ++i) {
    const auto index = static_cast<std::uint32_t>(i);
    dataset.queries.push_back(query(fmt::format("q{:05}", i), fmt::format("prompt {}", i)));
    dataset.outcomes.push_back(outcome(index, 0, 0.25F));
    dataset.outcomes.push_back(outcome(index, 1, 1.0F));
    dataset.labels.push_back({index, i % 2 == 0 ? 1U : 2U, 0.5F});
  }
  return dataset;
}

std::unique_ptr<Store> open(const std::string& path) {
  auto store = open_or_make_store(path);
  EXPECT_TRUE(store) << store.error().message;
  return *std::move(store);
}

std::string refusal(const std::string& path) {
  const auto store = open_or_make_store(path);
  return store ? "no error" : store.error().message;
}

TEST(SqliteStore, GivesBackWhatWasPut) {
  const support::TempDir folder;
  data::Dataset dataset = small();
  dataset.outcomes[1].status = core::OutcomeStatus::kFailed;
  dataset.outcomes[1].quality.reset();
  dataset.outcomes[1].cost.reset();
  dataset.outcomes[2].input_tokens = 4294967295U;
  dataset.outcomes[2].latency_s = 0.1F;
  dataset.outcomes[2].extra_json = R"({"reply_id":"r"})";
  dataset.queries[0].prompt = std::string("nul \0 and \xE4\xB8\xAD", 11);
  dataset.queries[0].extra_json = R"({"source":"s"})";
  ASSERT_TRUE(open(folder / "wend.db")->put_dataset(dataset));
  EXPECT_EQ(*open(folder / "wend.db")->load_dataset("small"), dataset);
}

TEST(SqliteStore, ChangesNothingTheSecondTimeAndSaysSo) {
  const support::TempDir folder;
  const auto store = open(folder / "wend.db");
  const ImportCounts first = *store->put_dataset(small());
  EXPECT_EQ(first.inserted, 3U + 2U + 6U);
  EXPECT_EQ(first.updated, 0U);
  const ImportCounts second = *store->put_dataset(small());
  EXPECT_EQ(second.inserted, 0U);
  EXPECT_EQ(second.updated, 0U);
  EXPECT_EQ(second.unchanged, 3U + 2U + 6U);
  EXPECT_EQ(second.kept, 0U);
}

TEST(SqliteStore, CountsEveryChangedRow) {
  const support::TempDir folder;
  const auto store = open(folder / "wend.db");
  ASSERT_TRUE(store->put_dataset(small()));
  data::Dataset changed = small();
  changed.queries[1].prompt = "another";
  changed.models[0].output_price_per_mtok = 0.75;
  changed.outcomes[5].quality = 0.5F;
  changed.outcomes[4].cost.reset();
  EXPECT_EQ(store->put_dataset(changed)->updated, 4U);
  EXPECT_EQ(*store->load_dataset("small"), changed);

  changed.pools["other"] = {"m1"};
  EXPECT_EQ(store->put_dataset(changed)->updated, 1U);
  changed.labels[0].weight = 0.25F;
  EXPECT_EQ(store->put_dataset(changed)->updated, 1U);
  EXPECT_EQ(*store->load_dataset("small"), changed);
}

TEST(SqliteStore, KeepsRowsThatASecondImportDoesNotName) {
  const support::TempDir folder;
  const auto store = open(folder / "wend.db");
  ASSERT_TRUE(store->put_dataset(small()));
  data::Dataset more = small(1);
  more.queries[0] = query("a-new-one", "new");
  more.taxonomy =
      *core::Taxonomy::parse(R"({"nodes":[{"id":"c","name":"C"},{"id":"b","name":"B2"}]})");
  more.labels = {{0, 0, 1.0F}};
  const ImportCounts counts = *store->put_dataset(more);
  EXPECT_EQ(counts.inserted, 3U);
  EXPECT_EQ(counts.kept, 3U + 6U);

  const data::Dataset merged = *store->load_dataset("small");
  EXPECT_EQ(merged.queries[0].id, "a-new-one");
  EXPECT_EQ(merged.outcomes.size(), 8U);
  EXPECT_EQ(merged.outcomes[2].cost, small().outcomes[0].cost);
  // Task a1 stays, with its parent, since q0 points to it; b has its new name.
  EXPECT_TRUE(merged.taxonomy.find("a1") && merged.taxonomy.find("c"));
  EXPECT_EQ(merged.taxonomy.nodes()[*merged.taxonomy.find("b")].name, "B2");
  EXPECT_EQ(merged.labels.size(), 4U);
}

TEST(SqliteStore, KeepsLabelsWhereAnImportHasNone) {
  const support::TempDir folder;
  const auto store = open(folder / "wend.db");
  ASSERT_TRUE(store->put_dataset(small()));
  data::Dataset unlabelled = small();
  unlabelled.labels.clear();
  EXPECT_EQ(store->put_dataset(unlabelled)->updated, 0U);
  EXPECT_EQ(*store->load_dataset("small"), small());
}

TEST(SqliteStore, ReplacesTaskTypesAndLabelsOfOneCollectionAlone) {
  const support::TempDir folder;
  const auto store = open(folder / "wend.db");
  data::Dataset other = small();
  other.name = "other";
  ASSERT_TRUE(store->put_dataset(small()));
  ASSERT_TRUE(store->put_dataset(other));
  data::Dataset annotated = small();
  annotated.taxonomy = *core::Taxonomy::parse(R"({"nodes":[{"id":"new","name":"New"}]})");
  annotated.labels = {{2, 0, 1.0F}};
  ASSERT_TRUE(store->put_tasks(annotated));
  EXPECT_EQ(*store->load_dataset("small"), annotated);
  EXPECT_EQ(*store->load_dataset("other"), other);
  annotated.name = "none";
  EXPECT_THAT(store->put_tasks(annotated).error().message, HasSubstr("'none'"));
}

TEST(SqliteStore, TakesQueriesAwayWithWhatHangsOnThemAndPutsTheRest) {
  const support::TempDir folder;
  const auto store = open(folder / "wend.db");
  data::Dataset other = small();
  other.name = "other";
  ASSERT_TRUE(store->put_dataset(small(5)));
  ASSERT_TRUE(store->put_dataset(other));
  const std::vector<std::string> gone = {"q00000", "q00003", "q99999"};
  data::Dataset rest = small(5);
  std::erase_if(rest.queries, [&](const core::QueryRecord& q) {
    return std::ranges::find(gone, q.id) != gone.end();
  });
  rest.outcomes.clear();
  rest.labels.clear();
  ASSERT_TRUE(store->replace_queries(rest, gone));
  const data::Dataset now = *store->load_dataset("small");
  EXPECT_EQ(now.queries, rest.queries);
  EXPECT_EQ(now.outcomes.size(), 6U);
  EXPECT_EQ(now.labels.size(), 3U);
  EXPECT_EQ(*store->load_dataset("other"), other);
  rest.name = "fresh";
  ASSERT_TRUE(store->replace_queries(rest, gone));
  EXPECT_EQ(store->load_dataset("fresh")->queries.size(), 3U);
}

TEST(SqliteStore, HoldsSeveralCollectionsApart) {
  const support::TempDir folder;
  const auto store = open(folder / "wend.db");
  data::Dataset other = small(1);
  other.name = "other";
  ASSERT_TRUE(store->put_dataset(small()));
  ASSERT_TRUE(store->put_dataset(other));
  EXPECT_THAT(*store->dataset_names(), ElementsAre("other", "small"));
  EXPECT_EQ(*store->load_dataset("other"), other);
  EXPECT_EQ(*store->load_dataset("small"), small());
}

TEST(SqliteStore, SuggestsTheNameThatWasMeant) {
  const support::TempDir folder;
  const auto store = open(folder / "wend.db");
  EXPECT_THAT(store->load_dataset("x").error().message,
              HasSubstr("which is empty; `wend import DIR --name x`"));
  ASSERT_TRUE(store->put_dataset(small()));
  EXPECT_THAT(store->load_dataset("smal").error().message, HasSubstr("did you mean 'small'?"));
  EXPECT_EQ(store->load_dataset("smal").error().code, base::Code::kNotFound);
}

TEST(SqliteStore, GivesTheSameDataInWhateverOrderTheRowsCame) {
  data::Dataset shuffled = small(20);
  base::Random random(3);
  const std::uint32_t last = 19;
  std::reverse(shuffled.queries.begin(), shuffled.queries.end());
  for (core::Outcome& o : shuffled.outcomes) {
    o.query = last - o.query;
  }
  for (core::TaskLabel& label : shuffled.labels) {
    label.query = last - label.query;
  }
  random.shuffle(std::span(shuffled.outcomes));
  random.shuffle(std::span(shuffled.labels));
  const support::TempDir folder;
  const auto store = open(folder / "wend.db");
  ASSERT_TRUE(store->put_dataset(shuffled));
  EXPECT_EQ(*store->load_dataset("small"), small(20));
}

TEST(SqliteStore, CachesVectorsByTextAndEncoder) {
  const support::TempDir folder;
  const auto store = open(folder / "wend.db");
  base::Matrix vectors(2, 3);
  vectors(0, 0) = 1.5F;
  vectors(1, 2) = -0.1F;
  EXPECT_TRUE(store->find_vectors("e1", {"x"})->vectors.empty());
  ASSERT_TRUE(store->put_vectors("e1", {"h1", "h2"}, vectors));
  const Store::CachedVectors cached = *store->find_vectors("e1", {"h2", "h3", "h1", "h2"});
  EXPECT_THAT(cached.found, ElementsAre(true, false, true, true));
  EXPECT_EQ(cached.vectors(0, 2), -0.1F);
  EXPECT_EQ(cached.vectors(2, 0), 1.5F);
  EXPECT_EQ(cached.vectors(1, 0), 0.0F);
  EXPECT_THAT(store->find_vectors("e2", {"h1"})->found, ElementsAre(false));
  ASSERT_TRUE(store->put_vectors("e1", {"h1"}, base::Matrix(1, 3, 7.0F)));
  EXPECT_EQ(store->find_vectors("e1", {"h1"})->vectors(0, 1), 7.0F);
  EXPECT_TRUE(store->find_vectors("e1", {})->found.empty());
}

TEST(SqliteStore, KeepsRepliesUnderTheirKeys) {
  const support::TempDir folder;
  const auto store = open(folder / "wend.db");
  const std::vector<ReplyRow> replies = {{"r1", "{\"id\":\"r1\"}"}, {"r2", "{\"id\":\"r2\"}"}};
  ASSERT_TRUE(store->put_import(small(), replies));
  EXPECT_EQ(*store->find_reply("r2"), "{\"id\":\"r2\"}");
  EXPECT_EQ(*store->find_reply("r3"), std::nullopt);
  const ImportCounts again = *store->put_import(small(), replies);
  EXPECT_EQ(again.inserted + again.updated, 0U);
  EXPECT_EQ(again.unchanged, 3U + 2U + 6U + 2U);
}

TEST(SqliteStore, RefusesWhatIsNoStoreInOneSentence) {
  const support::TempDir folder;
  EXPECT_THAT(refusal(folder.write("text.db", std::string(5000, 'x'))),
              HasSubstr("is no SQLite database"));
  EXPECT_THAT(refusal(folder.path()), HasSubstr("expected a file, found a folder"));
  EXPECT_THAT(refusal(folder / "no/such/wend.db"), HasSubstr("does not exist"));
  EXPECT_THAT(refusal("postgresql://host/db"), HasSubstr("expected a file name such as wend.db"));
  {
    auto foreign = *Database::open(folder / "foreign.db", WhereMissing::kMake);
    ASSERT_TRUE(foreign->execute("CREATE TABLE users (name TEXT)"));
  }
  const std::string before = folder.read("foreign.db");
  EXPECT_THAT(refusal(folder / "foreign.db"), HasSubstr("of another program"));
  EXPECT_EQ(folder.read("foreign.db"), before);
}

TEST(SqliteStore, RefusesTheLayoutOfANewerWend) {
  const support::TempDir folder;
  ASSERT_TRUE(open(folder / "wend.db"));
  {
    auto database = *Database::open(folder / "wend.db", WhereMissing::kRefuse);
    ASSERT_TRUE(database->execute("INSERT INTO wend_schema VALUES (999)"));
  }
  EXPECT_THAT(refusal(folder / "wend.db"), HasSubstr("written by a newer wend (layout 999"));
}

TEST(SqliteStore, KeepsDecisionsAndFindsThemByTheirId) {
  const support::TempDir folder;
  const auto store = open(folder / "wend.db");
  EXPECT_EQ(*store->find_decision("d1"), std::nullopt);
  ASSERT_TRUE(store->put_decisions(std::vector<DecisionRow>{
      {"d1", "", 1.5, R"({"model":"a"})"}, {"d2", "0f3c", 2.5, R"({"model":"b"})"}}));
  ASSERT_TRUE(store->put_decisions(std::vector<DecisionRow>{{"d1", "", 3.5, R"({"model":"c"})"}}));
  const auto found = *open(folder / "wend.db")->find_decision("d1");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->json, R"({"model":"c"})");
  EXPECT_EQ(found->time, 3.5);
  EXPECT_EQ((*store->find_decision("d2"))->owner, "0f3c");
}

TEST(SqliteStore, KeepsHowACollectionWasSynthesised) {
  const support::TempDir folder;
  const auto store = open(folder / "wend.db");
  EXPECT_FALSE(store->find_synthesis("cold")->has_value());
  ASSERT_TRUE(store->put_synthesis("cold", R"({"malformed":1})"));
  ASSERT_TRUE(store->put_synthesis("cold", R"({"malformed":2})"));
  EXPECT_EQ(open(folder / "wend.db")->find_synthesis("cold")->value(), R"({"malformed":2})");
}

TEST(SqliteStore, BringsAnOlderLayoutUpToDateAndKeepsWhatItHolds) {
  const support::TempDir folder;
  ASSERT_TRUE(open(folder / "wend.db")->put_dataset(small()));
  {
    auto database = *Database::open(folder / "wend.db", WhereMissing::kRefuse);
    ASSERT_TRUE(database->execute(
        "DROP TABLE decisions; DROP TABLE syntheses; DELETE FROM wend_schema WHERE "
        "version > 1"));
  }
  const auto store = open(folder / "wend.db");
  EXPECT_EQ(*store->load_dataset("small"), small());
  EXPECT_TRUE(store->put_decisions(std::vector<DecisionRow>{{"d1", "", 1.0, "{}"}}));
}

TEST(SqliteStore, OpenedForReadingMustBeThereAndIsNotMade) {
  const support::TempDir folder;
  const std::string misspelt = folder / "wnd.db";
  open(folder / "wend.db");
  const auto refused = open_store(misspelt);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::Code::kNotFound);
  EXPECT_EQ(refused.error().place.file, misspelt);
  EXPECT_THAT(refused.error().message,
              AllOf(HasSubstr("there is no such file (did you mean 'wend.db'?)"),
                    HasSubstr("`wend import DIR --store " + misspelt + "` makes one")));
  EXPECT_FALSE(std::filesystem::exists(misspelt));
  EXPECT_TRUE(open_store(folder / "wend.db"));
}

TEST(SqliteStore, NeverCrashesOnADamagedFile) {
  const support::TempDir folder;
  ASSERT_TRUE(open(folder / "wend.db")->put_dataset(small(200)));
  const std::string whole = folder.read("wend.db");
  base::Random random(11);
  for (int trial = 0; trial < 100; ++trial) {
    std::string damaged = whole;
    for (int i = 0; i < 40; ++i) {
      damaged[random.below(damaged.size())] = static_cast<char>(random.next());
    }
    const std::string path = folder.write(fmt::format("damaged{}.db", trial), damaged);
    const auto store = open_or_make_store(path);
    if (store) {
      static_cast<void>((*store)->load_dataset("small"));  // Data or a sentence, never a crash.
    }
  }
}

/// Runs `work` in a child process that is killed at the end of it at the latest.
template <class Work>
void in_a_killed_child(Work work) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    work();
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
}

TEST(SqliteStore, KeepsTheOldStateWhenAnImportIsKilledBeforeItsEnd) {
  const support::TempDir folder;
  const std::string path = folder / "wend.db";
  ASSERT_TRUE(open(path)->put_dataset(small()));
  in_a_killed_child([&] {
    auto database = *Database::open(path, WhereMissing::kRefuse);
    auto transaction = *Transaction::begin(*database);
    data::Dataset other = small(2000);
    other.queries[0].prompt = "changed";
    static_cast<void>(put_collection(*database, other));
  });
  EXPECT_EQ(*open(path)->load_dataset("small"), small());
}

TEST(SqliteStore, IsOldOrNewWheneverAnImportIsKilled) {
  const support::TempDir folder;
  const std::string path = folder / "wend.db";
  ASSERT_TRUE(open(path)->put_dataset(small()));
  const data::Dataset big = small(3000);
  for (const useconds_t microseconds : {1000U, 5000U, 15000U, 30000U}) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      const auto store = open_or_make_store(path);
      static_cast<void>((*store)->put_dataset(big));
      ::_exit(0);
    }
    ::usleep(microseconds);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    const data::Dataset found = *open(path)->load_dataset("small");
    EXPECT_TRUE(found == small() || found == big);
  }
}

TEST(SqliteStore, ReadsOldDataWhileAnotherWrites) {
  const support::TempDir folder;
  const std::string path = folder / "wend.db";
  ASSERT_TRUE(open(path)->put_dataset(small()));
  auto writer = *Database::open(path, WhereMissing::kRefuse);
  auto transaction = *Transaction::begin(*writer);
  ASSERT_TRUE(put_collection(*writer, small(50)));
  EXPECT_EQ(*open(path)->load_dataset("small"), small());
  ASSERT_TRUE(transaction.commit());
  EXPECT_EQ(open(path)->load_dataset("small")->queries.size(), 50U);
}

TEST(SqliteStore, PutsOutcomesInTheirPlaces) {
  const support::TempDir dir;
  const auto store = open(dir / "wend.db");
  data::Dataset dataset = small();
  dataset.outcomes.clear();
  dataset.labels.clear();
  ASSERT_TRUE(store->put_dataset(dataset));
  core::Outcome scored = outcome(1, 0, 0.5F);
  core::Outcome failed = outcome(2, 1, 0);
  failed.status = core::OutcomeStatus::kFailed;
  failed.quality.reset();
  ASSERT_TRUE(store->put_outcomes(dataset, std::vector{scored, failed}));
  EXPECT_THAT(store->load_dataset("small")->outcomes, ElementsAre(scored, failed));

  core::Outcome later_failure = failed;
  later_failure.query = 1;
  later_failure.model = 0;
  const core::Outcome corrected = outcome(2, 1, 1);
  ASSERT_TRUE(store->put_outcomes(dataset, std::vector{later_failure, corrected}));
  EXPECT_THAT(store->load_dataset("small")->outcomes, ElementsAre(scored, corrected));
}

TEST(SqliteStore, RefusesOutcomesOfWhatItDoesNotHold) {
  const support::TempDir dir;
  const auto store = open(dir / "wend.db");
  data::Dataset dataset = small();
  const std::vector<core::Outcome> outcomes = {outcome(0, 0, 1)};
  EXPECT_EQ(store->put_outcomes(dataset, outcomes).error().code, base::Code::kNotFound);
  ASSERT_TRUE(store->put_dataset(dataset));
  dataset.queries[0].id = "other";
  EXPECT_THAT(store->put_outcomes(dataset, outcomes).error().message, HasSubstr("'other'"));
}

}  // namespace
}  // namespace wend::store
