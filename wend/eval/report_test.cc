// SPDX-License-Identifier: Apache-2.0
#include "wend/eval/report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "wend/base/random.h"
#include "wend/base/text_table.h"
#include "wend/eval/scripted_world.h"

namespace wend::eval {
namespace {

using testing::HasSubstr;
using testing::Not;

std::size_t best_model(const data::OutcomeTable& table, std::uint32_t row, double mu) {
  std::size_t best = 0;
  double best_utility = -1e9;
  for (std::size_t m = 0; m < table.models.size(); ++m) {
    const double cost = table.has_costs() ? table.cost(row, m) : 0;
    if (const double u = mu * static_cast<double>(table.quality(row, m)) - (1 - mu) * cost;
        u > best_utility) {
      best = m;
      best_utility = u;
    }
  }
  return best;
}

enum class Priced { kYes, kNo };

/// Sixty queries, three models, two seeds; "knn" takes the truth at every second row, "clone"
/// copies best_static.
struct World {
  explicit World(Priced priced = Priced::kYes) {
    base::Random random(3);
    std::vector<std::vector<double>> quality;
    std::vector<std::vector<double>> cost;
    for (int q = 0; q < 60; ++q) {
      quality.push_back({random.uniform(), random.uniform(), random.uniform()});
      cost.push_back({0.2 * random.uniform(), 0.2 * random.uniform(), 0.2 * random.uniform()});
    }
    table =
        scripted_table(quality, priced == Priced::kYes ? cost : std::vector<std::vector<double>>{});
    std::vector<std::uint32_t> first(40);
    std::iota(first.begin(), first.end(), 0);
    std::vector<std::uint32_t> second(40);
    std::iota(second.begin(), second.end(), 20);
    folds = {scripted_fold(first, 5), scripted_fold(second, 6)};
    const auto oracle = [&](std::size_t, std::uint32_t row, std::size_t p) {
      return best_model(table, row, core::kNamedPreferences[p].mu);
    };
    const auto constant = [](auto...) { return 1; };
    const auto half = [&](std::size_t fold, std::uint32_t row, std::size_t p) {
      return row % 2 == 0 ? oracle(fold, row, p) : 1;
    };
    runs = {scripted_run("knn", Source::kInDomain, table, folds, half),
            scripted_run("clone", Source::kInDomain, table, folds, constant),
            scripted_run("best_static", Source::kRule, table, folds, constant),
            scripted_run("oracle", Source::kRule, table, folds, oracle)};
  }

  EvalReport report() const {
    return build_report({table, folds, runs, "split", "0.7:0.1:0.2", {}, {1, 500, 0}});
  }

  data::OutcomeTable table;
  std::vector<Fold> folds;
  std::vector<RouterRun> runs;
};

TEST(PlanRows, AddsTheReferencesThatWereNotAskedFor) {
  const std::vector<PlannedRow> rows =
      plan_rows({{"knn{k=5}", "knn", {}}, {"oracle", "oracle", {}}}, ColdStart::kNone);
  ASSERT_EQ(rows.size(), 3);
  EXPECT_EQ(rows[0].source, Source::kInDomain);
  EXPECT_EQ(rows[1].source, Source::kRule);
  EXPECT_EQ(rows[1].listing, Listing::kShown);
  EXPECT_EQ(rows[2].spec.name, "best_static");
  EXPECT_EQ(rows[2].listing, Listing::kReferenceOnly);
}

TEST(PlanRows, PutsAColdStartBlockOfWhatLearnsBeforeTheRows) {
  const std::vector<PlannedRow> rows =
      plan_rows({{"random", "random", {}}, {"knn{k=5}", "knn", {}}}, ColdStart::kWithBlock);
  std::vector<std::string> found;
  for (const PlannedRow& row : rows) {
    found.push_back(row.spec.text + " " + std::string(source_name(row.source)));
  }
  EXPECT_THAT(found,
              testing::ElementsAre("best_static cold_start",
                                   "knn{k=5} cold_start",
                                   "random rule",
                                   "knn{k=5} in_domain",
                                   "best_static rule",
                                   "oracle rule"));
}

TEST(Report, MeasuresTheColdStartAgainstTheCollectionsOwnBestStatic) {
  World world;
  world.runs.insert(
      world.runs.begin(),
      scripted_run(
          "best_static", Source::kColdStart, world.table, world.folds, [](auto...) { return 0; }));
  const EvalReport report = world.report();
  EXPECT_EQ(report.rows[0].title(), "best_static (cold start)");
  EXPECT_NE(report.rows[0].difference, 0);
  EXPECT_EQ(report.rows[3].router, "best_static");
  EXPECT_EQ(report.rows[3].difference, 0);
}

TEST(SourceOf, TellsWhatARowsRouterWasTrainedOn) {
  EXPECT_EQ(source_of("knn", "mine", "mine"), Source::kInDomain);
  EXPECT_EQ(source_of("knn", "synthetic", "mine"), Source::kColdStart);
  EXPECT_EQ(source_of("best_static", "synthetic", "mine"), Source::kRule);
}

TEST(Report, EqualsATableComputedByBruteForce) {
  const World world;
  const EvalReport report = world.report();
  ASSERT_EQ(report.rows.size(), 4);
  std::array<double, 4> sums{};
  for (std::size_t r = 0; r < 4; ++r) {
    for (std::size_t p = 0; p < kPreferences; ++p) {
      const double mu = core::kNamedPreferences[p].mu;
      double quality = 0;
      double cost = 0;
      for (const Replay& replay : world.runs[r].replays) {
        for (const Choice& choice : replay.choices) {
          if (choice.preference == p) {
            quality += static_cast<double>(world.table.quality(choice.row, choice.model)) / 80;
            cost += world.table.cost(choice.row, choice.model) / 80;
          }
        }
      }
      const PreferenceReport& got = report.rows[r].preferences[p];
      EXPECT_NEAR(got.means.quality, quality, 1e-12);
      EXPECT_NEAR(got.means.cost, cost, 1e-12);
      EXPECT_NEAR(got.means.utility, mu * quality - (1 - mu) * cost, 1e-12);
      EXPECT_LT(got.utility_ci.low, got.means.utility);
      EXPECT_GT(got.utility_ci.high, got.means.utility);
      sums[r] += mu * quality - (1 - mu) * cost;
    }
  }
  for (std::size_t r = 0; r < 4; ++r) {
    EXPECT_NEAR(report.rows[r].utility_sum, sums[r], 1e-12);
    EXPECT_NEAR(report.rows[r].difference, sums[r] - sums[2], 1e-12);
    EXPECT_NEAR(*report.rows[r].normalised_gain, (sums[r] - sums[2]) / (sums[3] - sums[2]), 1e-9);
  }
  EXPECT_EQ(report.pairs, 80);
  EXPECT_EQ(report.seeds, (std::vector<std::uint64_t>{5, 6}));
}

TEST(Report, FindsNoDifferenceAtAllBetweenEqualChoices) {
  const EvalReport report = World().report();
  for (const std::size_t r : {1, 2}) {
    EXPECT_EQ(report.rows[r].difference, 0);
    EXPECT_EQ(report.rows[r].difference_ci, (base::Interval{0, 0}));
    EXPECT_EQ(report.rows[r].normalised_gain, 0);
  }
  EXPECT_EQ(report.rows[3].normalised_gain, 1);
  EXPECT_GT(report.rows[0].difference_ci.low, 0);
}

TEST(Report, SaysPlainlyWhichLearnedRouterDoesNotBeatBestStatic) {
  EvalReport report = World().report();
  EXPECT_THAT(
      findings(report),
      testing::ElementsAre(HasSubstr("clone does not beat best_static: the 95 % interval of its "
                                     "difference, [+0.0000, +0.0000], includes 0.")));
  report.rows[0].difference_ci = {-0.3, -0.1};
  EXPECT_THAT(findings(report)[0], HasSubstr("knn does not beat best_static"));
  EXPECT_THAT(findings(report)[0], HasSubstr("lies below 0"));
  report.rows[0].difference_ci = {kMissing, kMissing};
  EXPECT_THAT(findings(report)[0], HasSubstr("knn cannot be compared with best_static"));
}

TEST(Report, ComparesWithReferencesThatItDoesNotShow) {
  World world;
  const EvalReport all = world.report();
  world.runs[2].row.listing = Listing::kReferenceOnly;
  world.runs[3].row.listing = Listing::kReferenceOnly;
  const EvalReport some = world.report();
  ASSERT_EQ(some.rows.size(), 2);
  EXPECT_EQ(some.rows[0].difference, all.rows[0].difference);
  EXPECT_EQ(some.rows[0].difference_ci, all.rows[0].difference_ci);
  EXPECT_EQ(some.rows[0].normalised_gain, all.rows[0].normalised_gain);
}

TEST(Report, ComparesARouterOnTheRowsItWasScoredOn) {
  World world;
  RouterRun& knn = world.runs[0];
  for (Replay& replay : knn.replays) {
    replay.choices.resize(10 * kPreferences);
    replay.decide_microseconds.resize(10);
  }
  const EvalReport report = world.report();
  const std::vector<Replay> base = restricted_to(world.runs[2].replays, knn.replays);
  EXPECT_DOUBLE_EQ(report.rows[0].difference,
                   pooled_means(knn.replays, 3).utility_sum - pooled_means(base, 3).utility_sum);
  EXPECT_EQ(report.rows[0].pairs, 20);
  ASSERT_EQ(report.notes.size(), 1);
  EXPECT_THAT(report.notes[0], HasSubstr("knn is scored on 20 of the 80"));
}

TEST(Report, CountsChosenCellsThatAreMissing) {
  World world;
  world.runs[0].replays[0].choices[1].truth.quality = kMissing;
  const EvalReport report = world.report();
  EXPECT_EQ(report.rows[0].preferences[1].means.missing, 1);
  EXPECT_EQ(report.rows[0].preferences[1].means.counted, 79);
  EXPECT_THAT(findings(report)[0],
              HasSubstr("knn chose 1 missing cell under the preference 'balanced'"));
}

TEST(Report, SaysWhatALanguageModelWasAskedAndDidNotChoose) {
  World world;
  world.runs[0].asked = Asked{"asked", 240, 12, 3, 30, 0.6};
  const EvalReport report = world.report();
  const auto sentences = findings(report);
  EXPECT_THAT(sentences,
              testing::Contains(testing::AllOf(
                  HasSubstr("knn asked asked for 240 choices: 12 replies named no one model"),
                  HasSubstr("3 calls failed"),
                  HasSubstr("asking cost 0.0025 a choice"))));
  const nlohmann::json json = nlohmann::json::parse(to_json(report));
  EXPECT_EQ(json["rows"][0]["asked"],
            (nlohmann::json{{"model", "asked"},
                            {"choices", 240},
                            {"unreadable", 12},
                            {"unanswered", 3},
                            {"asked_again", 30},
                            {"cost_currency", 0.6}}));
  EXPECT_FALSE(json["rows"][1].contains("asked"));
}

TEST(Report, HoldsWithOneQueryAndWithoutAnyKnownCell) {
  const data::OutcomeTable table = scripted_table({{0.5, kMissing}}, {{0.1, 0.1}});
  const std::vector<Fold> folds = {scripted_fold({0})};
  const auto first = [](auto...) { return 0; };
  const std::vector<RouterRun> runs = {
      scripted_run("best_static", Source::kRule, table, folds, first),
      scripted_run("oracle", Source::kRule, table, folds, first),
      scripted_run("lost", Source::kInDomain, table, folds, [](auto...) { return 1; })};
  const EvalReport report = build_report({table, folds, runs, "split", "6:4", {}, {1, 100, 1}});
  const PreferenceReport& one = report.rows[0].preferences[1];
  EXPECT_DOUBLE_EQ(one.utility_ci.low, one.means.utility);
  EXPECT_DOUBLE_EQ(one.utility_ci.high, one.means.utility);
  EXPECT_EQ(report.rows[0].normalised_gain, std::nullopt);
  EXPECT_TRUE(std::isnan(report.rows[2].utility_sum));
  const nlohmann::json json = nlohmann::json::parse(to_json(report));
  EXPECT_TRUE(json["rows"][2]["utility_sum"].is_null());
  EXPECT_TRUE(json["rows"][2]["preference"]["cost"]["ci"][0].is_null());
  EXPECT_TRUE(json["rows"][0]["vs_best_static"]["normalised_gain"].is_null());
  EXPECT_THAT(to_text(report), Not(HasSubstr("nan")));
  EXPECT_THAT(to_csv(report), Not(HasSubstr("nan")));
}

TEST(ReportJson, HasTheShapeOfTheCommandLinesContract) {
  const nlohmann::json json = nlohmann::json::parse(to_json(World().report()));
  EXPECT_EQ(json["dataset"], "scripted");
  EXPECT_EQ(json["pool"], "main");
  EXPECT_EQ(json["models"], (nlohmann::json{"m0", "m1", "m2"}));
  EXPECT_EQ(json["queries"], (nlohmann::json{{"train", 1}, {"validation", 1}, {"test", 40}}));
  EXPECT_EQ(json["dropped_incomplete"], 0);
  EXPECT_EQ(json["seeds"], (nlohmann::json{5, 6}));
  EXPECT_EQ(json["normaliser"]["name"], "reference");
  EXPECT_EQ(json["normaliser"]["parameters"]["c_ref"], 1.0);
  EXPECT_EQ(json["preferences"],
            (nlohmann::json{{"cost", 0.2}, {"balanced", 0.5}, {"quality", 0.8}}));
  ASSERT_EQ(json["rows"].size(), 4);
  const nlohmann::json& row = json["rows"][0];
  EXPECT_EQ(row["router"], "knn");
  EXPECT_EQ(row["source"], "in_domain");
  EXPECT_EQ(json["rows"][2]["source"], "rule");
  for (const char* preference : {"cost", "balanced", "quality"}) {
    const nlohmann::json& cell = row["preference"][preference];
    for (const char* key : {"cost", "cost_currency", "quality", "utility", "modal_share"}) {
      EXPECT_TRUE(cell[key].is_number()) << preference << '.' << key;
    }
    EXPECT_EQ(cell["ci"].size(), 2);
    EXPECT_TRUE(cell["modal_model"].is_string());
  }
  EXPECT_TRUE(row["utility_sum"].is_number());
  EXPECT_EQ(row["utility_sum_ci"].size(), 2);
  EXPECT_TRUE(row["vs_best_static"]["difference"].is_number());
  EXPECT_EQ(row["vs_best_static"]["ci"].size(), 2);
  EXPECT_TRUE(row["vs_best_static"]["normalised_gain"].is_number());
  EXPECT_EQ(row["train_seconds"], 0.5);
  EXPECT_EQ(row["decide_microseconds"], 29.5);
  EXPECT_EQ(row["config"], (nlohmann::json{{"k", 10}}));
}

TEST(ReportJson, ListsConfigurationsThatDifferBetweenFolds) {
  World world;
  world.runs[0].configs_json = {R"({"k":10})", R"({"k":20})"};
  const nlohmann::json json = nlohmann::json::parse(to_json(world.report()));
  EXPECT_EQ(json["rows"][0]["config"]["k"], 10);
  EXPECT_EQ(json["rows"][0]["config_per_fold"][1]["k"], 20);
  EXPECT_FALSE(json["rows"][1].contains("config_per_fold"));
}

TEST(ReportText, NamesTheSetTheSplitAndTheNormaliserAndFitsThePage) {
  World world;
  world.runs[0].row.spec.text = "trouter{scorer=bilinear,level=domain,profile=code,heads=3}";
  const std::string text = to_text(world.report());
  EXPECT_THAT(text, HasSubstr("dataset scripted, pool main, 3 models: m0, m1, m2\n"));
  EXPECT_THAT(text, HasSubstr("protocol split, split 0.7:0.1:0.2, seeds 5 6\n"));
  EXPECT_THAT(text, HasSubstr("normaliser reference (c_ref 1"));
  EXPECT_THAT(text, HasSubstr("clone does not beat best_static"));
  EXPECT_THAT(text, HasSubstr("balanced (mu 0.5)"));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(base::display_width(line), 120) << line;
  }
}

TEST(ReportText, SaysThatAQualityOnlySetHasNoCosts) {
  const World world(Priced::kNo);
  const EvalReport report = world.report();
  EXPECT_TRUE(report.quality_only);
  EXPECT_THAT(to_text(report), HasSubstr("cost is 0 everywhere"));
  EXPECT_EQ(report.rows[0].preferences[0].means.cost, 0);
  EXPECT_NEAR(report.rows[0].preferences[0].means.utility,
              0.2 * report.rows[0].preferences[0].means.quality,
              1e-12);
}

TEST(ReportCsv, HasOneLineOfEqualFieldCountPerRouterAndQuotesSpecs) {
  World world;
  world.runs[0].row.spec.text = "knn{k=5,note=\"x\"}";
  std::istringstream lines(to_csv(world.report()));
  std::string names;
  std::getline(lines, names);
  EXPECT_THAT(names, HasSubstr("router,source,cost.cost,"));
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const std::size_t from = line.find(count == 0 ? "}\"" : "\",");
    EXPECT_EQ(std::count(line.begin() + static_cast<std::ptrdiff_t>(from), line.end(), ','),
              std::count(names.begin(), names.end(), ','));
    if (count == 0) {
      EXPECT_THAT(line, testing::StartsWith("\"knn{k=5,note=\"\"x\"\"}\",in_domain,"));
    }
  }
  EXPECT_EQ(count, 4);
}

}  // namespace
}  // namespace wend::eval
