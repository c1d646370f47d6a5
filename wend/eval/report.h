// SPDX-License-Identifier: Apache-2.0
// What an evaluation found, once: the text table, the JSON document and the CSV file are three
// views of one EvalReport.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "wend/base/result.h"
#include "wend/base/statistics.h"
#include "wend/data/outcome_table.h"
#include "wend/eval/fold.h"
#include "wend/eval/metrics.h"
#include "wend/eval/run.h"
#include "wend/eval/significance.h"

namespace wend::eval {

/// One router under one named preference.
struct PreferenceReport {
  PreferenceMeans means;
  base::Interval utility_ci;
  std::string modal_model;
};

/// One row of the table. Intervals hold the middle 95 % of the resamples.
struct RowReport {
  std::string router;  ///< The SPEC as typed.
  Source source = Source::kInDomain;
  std::array<PreferenceReport, kPreferences>
      preferences;  ///< In the order of core::kNamedPreferences.
  double utility_sum = 0;
  base::Interval utility_sum_ci;
  double difference = 0;  ///< To best_static, of the utility sums, on the same pairs.
  base::Interval difference_ci;
  std::optional<double> normalised_gain;
  std::size_t pairs = 0;  ///< (test query, seed) pairs it was scored on.
  double train_seconds = 0;
  double decide_microseconds = 0;  ///< Median over the pairs.
  std::vector<std::string> configs_json;
  std::optional<Asked> asked = {};
  std::optional<Recognition> recognition = {};

  /// The router, and that it was trained on another collection where it was.
  std::string title() const;
};

/// How a fold came about.
struct FoldReport {
  std::uint64_t seed = 1;
  std::string held_out;
  std::size_t train = 0;
  std::size_t validation = 0;
  std::size_t test = 0;
  std::string normaliser_json;
};

/// The counts of the first seed: sums of test, and where a seed has several folds means of train
/// and validation.
struct QueryCounts {
  std::size_t train = 0;
  std::size_t validation = 0;
  std::size_t test = 0;
};

struct EvalReport {
  std::string dataset;
  std::string pool;
  std::vector<std::string> models;
  std::string protocol;
  std::string split;
  bool quality_only = false;
  QueryCounts queries;
  std::size_t pairs = 0;  ///< (test query, seed) pairs that the means pool.
  std::size_t dropped_incomplete = 0;
  std::vector<std::uint64_t> seeds;
  std::vector<FoldReport> folds;
  std::size_t resamples = 0;
  std::vector<std::string> notes;
  std::vector<RowReport> rows;
};

/// What a report is made of; borrows all for the call.
struct ReportInputs {
  const data::OutcomeTable& table;
  std::span<const Fold> folds;
  /// Every row of plan_rows with one replay per fold. best_static's and the oracle's hold every
  /// pair that another row has.
  std::span<const RouterRun> runs;
  std::string protocol = "split";
  std::string split = "0.7:0.1:0.2";  ///< As the user wrote it.
  std::vector<std::string> notes =
      {};  ///< Further sentences for the reader, after the table's own.
  BootstrapPlan bootstrap = {};
};

EvalReport build_report(const ReportInputs& inputs);

/// Sentences that the table owes its reader: learned routers that do not beat best_static, and
/// chosen cells that were missing, and choices that a language model was asked for and did not
/// make.
std::vector<std::string> findings(const EvalReport& report);

/// The table in the form of the TRouter paper's Table 3, intervals, and the comparison with
/// best_static; at most 120 columns.
std::string to_text(const EvalReport& report);

/// The document of spec `wend eval --json`: one object, unknown numbers null. No newline at the
/// end.
std::string to_json(const EvalReport& report);

/// A line of names, then one line per router (RFC 4180); unknown numbers are empty.
std::string to_csv(const EvalReport& report);

/// report.txt, report.json, report.csv and, where a router tells task types and labels say which
/// are true, task_failures.jsonl in an existing folder, each written aside and renamed.
base::Status write_report(const EvalReport& report, const std::string& folder);

}  // namespace wend::eval
