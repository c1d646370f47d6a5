// SPDX-License-Identifier: Apache-2.0
#include "wend/eval/report.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "wend/base/check.h"
#include "wend/base/file.h"

namespace wend::eval {

namespace {

constexpr double kCoverage = 0.95;

/// The rule of that name, not its cold-start namesake.
const RouterRun& rule_named(std::span<const RouterRun> runs, std::string_view name) {
  const auto found = std::find_if(runs.begin(), runs.end(), [&](const RouterRun& run) {
    return run.row.spec.name == name && run.row.source == Source::kRule;
  });
  CHECK(found != runs.end(), "a report without {}", name);
  return *found;
}

/// A run's own means, and those of best_static and the oracle on the same pairs.
struct Compared {
  PooledMeans router;
  PooledMeans best_static;
  PooledMeans oracle;
};

/// The shown rows' parts for the bootstrap: kPreferences of the router's own, then kPreferences of
/// best_static on its pairs.
struct Columns {
  std::vector<QueryParts> parts;
  static constexpr std::size_t kPerRow = 2 * kPreferences;
};

void add_columns(Columns& columns, std::span<const Replay> replays, const QueryPlaces& places) {
  for (std::size_t p = 0; p < kPreferences; ++p) {
    columns.parts.push_back(utility_parts(replays, p, places));
  }
}

/// The middle of the resampled values f(resample).
template <class F>
base::Interval interval(std::size_t resamples, const F& f) {
  std::vector<double> values(resamples);
  for (std::size_t i = 0; i < resamples; ++i) {
    values[i] = f(i);
  }
  return base::percentile_interval(std::move(values), kCoverage);
}

/// means (columns, resamples): fills the row's intervals from its own columns, which begin at
/// `first`.
void fill_intervals(RowReport& row, const base::BasicMatrix<double>& means, std::size_t first) {
  const auto sum = [&](std::size_t from, std::size_t i) {
    double total = 0;
    for (std::size_t p = 0; p < kPreferences; ++p) {
      total += means(from + p, i);
    }
    return total;
  };
  const std::size_t resamples = means.columns();
  for (std::size_t p = 0; p < kPreferences; ++p) {
    row.preferences[p].utility_ci =
        interval(resamples, [&](std::size_t i) { return means(first + p, i); });
  }
  row.utility_sum_ci = interval(resamples, [&](std::size_t i) { return sum(first, i); });
  row.difference_ci = interval(
      resamples, [&](std::size_t i) { return sum(first, i) - sum(first + kPreferences, i); });
}

RowReport row_report(const RouterRun& run, const Compared& means, const data::OutcomeTable& table) {
  RowReport row;
  row.router = run.row.spec.text;
  row.source = run.row.source;
  for (std::size_t p = 0; p < kPreferences; ++p) {
    row.preferences[p].means = means.router.preferences[p];
    row.preferences[p].modal_model = table.models[means.router.preferences[p].modal_model].id;
  }
  row.utility_sum = means.router.utility_sum;
  row.difference = means.router.utility_sum - means.best_static.utility_sum;
  row.normalised_gain = normalised_gain(
      {means.router.utility_sum, means.best_static.utility_sum, means.oracle.utility_sum});
  row.train_seconds = run.train_seconds;
  row.configs_json = run.configs_json;
  row.asked = run.asked;
  if (run.recognition) {
    row.recognition = run.recognition->result();
  }
  std::vector<double> microseconds;
  for (const Replay& replay : run.replays) {
    microseconds.insert(
        microseconds.end(), replay.decide_microseconds.begin(), replay.decide_microseconds.end());
    row.pairs += replay.choices.size() / kPreferences;
  }
  row.decide_microseconds = base::median(std::move(microseconds));
  return row;
}

QueryPlaces places_of(std::span<const RouterRun> runs, std::size_t table_rows) {
  std::vector<std::span<const Replay>> replays;
  for (const RouterRun& run : runs) {
    replays.emplace_back(run.replays);
  }
  return query_places(replays, table_rows);
}

std::vector<RowReport> rows_of(const ReportInputs& inputs) {
  const std::size_t models = inputs.table.models.size();
  const QueryPlaces places = places_of(inputs.runs, inputs.table.queries.size());
  const RouterRun& best_static = rule_named(inputs.runs, "best_static");
  const RouterRun& oracle = rule_named(inputs.runs, "oracle");
  std::vector<RowReport> rows;
  Columns columns;
  for (const RouterRun& run : inputs.runs) {
    CHECK(run.replays.size() == inputs.folds.size(), "'{}' lacks folds", run.row.spec.text);
    if (run.row.listing == Listing::kReferenceOnly) {
      continue;
    }
    const std::vector<Replay> base = restricted_to(best_static.replays, run.replays);
    const std::vector<Replay> best = restricted_to(oracle.replays, run.replays);
    const Compared means{
        pooled_means(run.replays, models), pooled_means(base, models), pooled_means(best, models)};
    rows.push_back(row_report(run, means, inputs.table));
    add_columns(columns, run.replays, places);
    add_columns(columns, base, places);
  }
  const base::BasicMatrix<double> resampled = resampled_means(columns.parts, inputs.bootstrap);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    fill_intervals(rows[i], resampled, i * Columns::kPerRow);
  }
  return rows;
}

FoldReport fold_report(const Fold& fold) {
  return {fold.seed,
          fold.held_out,
          fold.split.train.size(),
          fold.split.validation.size(),
          fold.split.test.size(),
          fold.normaliser.to_json()};
}

QueryCounts first_seed_counts(std::span<const Fold> folds) {
  QueryCounts counts;
  std::size_t of_seed = 0;
  for (const Fold& fold : folds) {
    if (fold.seed == folds[0].seed) {
      ++of_seed;
      counts.train += fold.split.train.size();
      counts.validation += fold.split.validation.size();
      counts.test += fold.split.test.size();
    }
  }
  counts.train /= std::max<std::size_t>(of_seed, 1);
  counts.validation /= std::max<std::size_t>(of_seed, 1);
  return counts;
}

void add_notes(EvalReport& report, const ReportInputs& inputs) {
  report.notes = inputs.table.notes;
  if (report.quality_only) {
    report.notes.emplace_back(
        "Quality alone is compared: costs are not used, so cost is 0 everywhere and utility is "
        "the preference's weight times quality.");
  }
  report.notes.insert(report.notes.end(), inputs.notes.begin(), inputs.notes.end());
  for (const RowReport& row : report.rows) {
    if (row.pairs != report.pairs) {
      report.notes.push_back(
          fmt::format("{} is scored on {} of the {} (test query, seed) pairs, those that it was "
                      "not trained on, and compared with best_static on the same.",
                      row.title(),
                      row.pairs,
                      report.pairs));
    }
  }
}

std::string no_better(const RowReport& row) {
  const auto [low, high] = row.difference_ci;
  if (std::isnan(low)) {
    return fmt::format(
        "{} cannot be compared with best_static: no outcome of what it chose is known.",
        row.title());
  }
  return fmt::format(
      "{} does not beat best_static: the 95 % interval of its difference, [{:+.4f}, {:+.4f}], {}.",
      row.title(),
      low,
      high,
      high < 0 ? "lies below 0" : "includes 0");
}

std::string asked_words(const RowReport& row) {
  const Asked& asked = *row.asked;
  return fmt::format(
      "{} asked {} for {} choices: {} replies named no one model of the pool and {} calls failed, "
      "and best_static's was taken; asking cost {:.4g} a choice, which is part of its cost.",
      row.title(),
      asked.model,
      asked.choices,
      asked.unreadable,
      asked.unanswered,
      asked.cost / static_cast<double>(std::max<std::size_t>(asked.choices, 1)));
}

std::string missing_cells(const RowReport& row, std::size_t preference) {
  const std::size_t missing = row.preferences[preference].means.missing;
  return fmt::format(
      "{} chose {} missing cell{} under the preference '{}', which its means leave out.",
      row.title(),
      missing,
      missing == 1 ? "" : "s",
      core::kNamedPreferences[preference].name);
}

}  // namespace

std::string RowReport::title() const {
  return source == Source::kColdStart ? router + " (cold start)" : router;
}

EvalReport build_report(const ReportInputs& inputs) {
  CHECK(!inputs.folds.empty(), "a report without folds");
  EvalReport report;
  report.dataset = inputs.table.dataset;
  report.pool = inputs.table.pool;
  for (const core::ModelCard& model : inputs.table.models) {
    report.models.push_back(model.id);
  }
  report.protocol = inputs.protocol;
  report.split = inputs.split;
  report.quality_only = !inputs.table.has_costs();
  report.queries = first_seed_counts(inputs.folds);
  report.dropped_incomplete = inputs.table.dropped_incomplete;
  for (const Fold& fold : inputs.folds) {
    report.folds.push_back(fold_report(fold));
    report.pairs += fold.split.test.size();
    if (report.seeds.empty() || report.seeds.back() != fold.seed) {
      report.seeds.push_back(fold.seed);
    }
  }
  report.resamples = inputs.bootstrap.resamples;
  report.rows = rows_of(inputs);
  add_notes(report, inputs);
  return report;
}

std::vector<std::string> findings(const EvalReport& report) {
  std::vector<std::string> sentences;
  for (const RowReport& row : report.rows) {
    if (row.source != Source::kRule && !(row.difference_ci.low > 0)) {
      sentences.push_back(no_better(row));
    }
    if (row.asked) {
      sentences.push_back(asked_words(row));
    }
    for (std::size_t p = 0; p < kPreferences; ++p) {
      if (row.preferences[p].means.missing > 0) {
        sentences.push_back(missing_cells(row, p));
      }
    }
  }
  return sentences;
}

namespace {

base::Status write_failures(const EvalReport& report, const std::string& path) {
  std::string lines;
  bool is_measured = false;
  for (const RowReport& row : report.rows) {
    is_measured = is_measured || row.recognition;
    for (std::size_t i = 0; row.recognition && i < row.recognition->failures.size(); ++i) {
      lines += failure_line(
          row.recognition->failures[i], row.router, source_name(row.source), *row.recognition);
    }
  }
  return is_measured ? base::write_file_atomically(path, lines) : base::Status();
}

}  // namespace

base::Status write_report(const EvalReport& report, const std::string& folder) {
  TRY(base::write_file_atomically(folder + "/report.txt", to_text(report)));
  TRY(base::write_file_atomically(folder + "/report.json", to_json(report) + '\n'));
  TRY(write_failures(report, folder + "/task_failures.jsonl"));
  return base::write_file_atomically(folder + "/report.csv", to_csv(report));
}

}  // namespace wend::eval
