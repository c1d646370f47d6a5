// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/train_tune.h"

#include <functional>

#include "tests/support/temp_dir.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/base/file.h"
#include "wend/trips/train_world.h"

namespace wend::trips {
namespace {

using testing::HasSubstr;

struct Asked {
  std::string spec = "finerouter_tasks{classifier_epochs=1}";
  PreparedData prepared = sample::prepared_world();
  eval::FoldPlan plan = {};
};

base::Result<Tuning> tuned(const Asked& run, std::size_t trials, const std::string& record) {
  const TrainingFold fold = sample::fold_of(run.prepared, run.plan);
  FoldTasks tasks(run.prepared, fold, 1);
  return tune(routers::parse_router_spec(run.spec).value(), {trials, record}, tasks, nullptr);
}

TEST(Tune, TellsOfNoTaskTypeOnlyWhereTheRouterItselfHasNone) {
  const PreparedData prepared = sample::prepared_world();
  const TrainingFold fold = sample::fold_of(prepared);
  FoldTasks tasks(prepared, fold, 1);
  const auto note_of = [&](const char* spec) {
    const auto fitted = tasks.fit(routers::parse_router_spec(spec).value(), nullptr);
    EXPECT_TRUE(fitted) << fitted.error().message;
    return fitted->note;
  };
  EXPECT_THAT(note_of("finerouter_tasks{classifier_epochs=1,min_size=1000}"),
              HasSubstr("seed 1: no task type of enough prompts was found"));
  EXPECT_EQ(note_of("finerouter_tasks{classifier_epochs=1,min_size=5}"), "");
  EXPECT_THAT(note_of("finerouter_tasks{classifier_epochs=1,min_size=1000}"),
              HasSubstr("or lower min_size"));  // Also where it was found before.
}

TEST(Tune, TakesWhatTheSameRunHasTried) {
  const support::TempDir folder;
  const std::string record = folder / "a.tune.json";
  const Tuning first = tuned({}, 2, record).value();
  EXPECT_EQ(first.reused, 0U);
  const Tuning again = tuned({}, 3, record).value();
  EXPECT_EQ(again.reused, 2U);
  ASSERT_EQ(again.trials.size(), 3U);
  EXPECT_EQ(again.trials[1].options, first.trials[1].options);
  EXPECT_EQ(again.trials[1].validation_utility_sum, first.trials[1].validation_utility_sum);
}

/// Each would give the same options another utility.
TEST(Tune, RefusesWhatWasTriedOfAnotherRun) {
  const support::TempDir folder;
  const std::string record = folder / "a.tune.json";
  ASSERT_TRUE(tuned({}, 1, record));
  const std::string kept = base::read_file(record).value();
  const auto refused = [&](const std::function<void(Asked&)>& change) {
    Asked run;
    change(run);
    const auto tuning = tuned(run, 1, record);
    EXPECT_EQ(base::read_file(record).value(), kept);
    return tuning ? std::string("accepted") : tuning.error().message;
  };
  EXPECT_EQ(refused([](Asked&) {}), "accepted");
  EXPECT_THAT(refused([](Asked& run) { run.spec = "finerouter_tasks{classifier_epochs=2}"; }),
              HasSubstr("a.tune.json: what was tried there had another 'router'"));
  EXPECT_THAT(refused([](Asked& run) { run.plan.first_seed = 2; }), HasSubstr("another 'seed'"));
  EXPECT_THAT(refused([](Asked& run) { run.prepared.table.quality(0, 0) = 0.5F; }),
              HasSubstr("_rows_sha256'"));
  EXPECT_THAT(refused([](Asked& run) { run.plan.normaliser = data::NormaliserKind::kNone; }),
              HasSubstr("another 'normaliser'"));
  EXPECT_THAT(refused([](Asked& run) { run.prepared.encoder_sha256 = "another"; }),
              HasSubstr("another 'encoder_sha256'"));
  EXPECT_THAT(refused([](Asked& run) { run.prepared.tasks_from = TasksFrom::kDiscovery; }),
              HasSubstr("another 'tasks_from'"));
  EXPECT_THAT(refused([](Asked& run) {
                run.prepared.description_vectors["a text"] = {1, 2};
              }),
              HasSubstr("another 'descriptions_sha256'"));
}

/// The train and validation rows are together the same, and so is a normaliser of fixed scale.
TEST(Tune, RefusesWhatWasTriedWhereTheSameRowsWereDividedOtherwise) {
  const support::TempDir folder;
  const std::string record = folder / "a.tune.json";
  Asked run;
  run.plan.normaliser = data::NormaliserKind::kNone;
  ASSERT_TRUE(tuned(run, 1, record));
  run.plan.shares = {0.6, 0.2, 0.2};
  EXPECT_THAT(tuned(run, 1, record).error().message, HasSubstr("another 'train_rows_sha256'"));
}

TEST(Tune, TellsDescriptionsApartByTextAndVector) {
  const support::TempDir folder;
  const std::string record = folder / "a.tune.json";
  Asked run;
  run.prepared.description_vectors["a text"] = {1, 2};
  run.prepared.description_vectors["the other"] = {3, 4};
  ASSERT_TRUE(tuned(run, 1, record));
  EXPECT_TRUE(tuned(run, 1, record));
  std::swap(run.prepared.description_vectors["a text"],
            run.prepared.description_vectors["the other"]);
  EXPECT_THAT(tuned(run, 1, record).error().message, HasSubstr("another 'descriptions_sha256'"));
}

TEST(Tune, RefusesARecordThatIsNone) {
  const support::TempDir folder;
  const std::string record = folder / "a.tune.json";
  for (const char* text : {"", "[]", R"({"format_version":1,"router":"finerouter","trials":[]})"}) {
    ASSERT_TRUE(base::write_file_atomically(record, text));
    EXPECT_THAT(tuned({}, 1, record).error().message, HasSubstr("a.tune.json: expected")) << text;
  }
  ASSERT_TRUE(
      base::write_file_atomically(record, R"({"format_version":2,"basis":{},"trials":[]})"));
  EXPECT_THAT(tuned({}, 1, record).error().message, HasSubstr("had another"));
  ASSERT_TRUE(base::write_file_atomically(record, R"({"format_version":2,"basis":3})"));
  EXPECT_FALSE(tuned({}, 1, record));
}

}  // namespace
}  // namespace wend::trips
