// SPDX-License-Identifier: Apache-2.0
// How good a reply is: by metric, by a judge, or by both, of which the metric counts where it can
// be had. What cannot be scored is missing, with the reason.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "wend/base/result.h"
#include "wend/core/call_ledger.h"
#include "wend/core/outcome.h"
#include "wend/data/dataset.h"
#include "wend/label/cells.h"
#include "wend/label/judge.h"
#include "wend/label/program_runs.h"

namespace wend::label {

enum class Scoring : std::uint8_t { kMetric, kJudge, kBoth };

/// "metric", "judge", "both".
base::Result<Scoring> parse_scoring(std::string_view word);

struct ReplyScores {
  std::optional<double> metric;
  std::optional<Verdict> verdict;  ///< Absent where no judge was asked, or not yet to the end.
  std::optional<double> quality;   ///< The one that counts.
  std::string why_unscored;        ///< Where there is no quality.
  bool awaits_program = false;  ///< The reply's program is still to be run; nothing else is said.
  bool awaits_judge = false;    ///< The judge is still to be asked.
};

class ReplyScorer {
 public:
  /// By metric. What came of replies that are programs (pass@1) is looked up in `programs`; without
  /// it they cannot be scored.
  explicit ReplyScorer(const data::Dataset& dataset, const ProgramRuns* programs = nullptr);

  /// With a judge, whose verdicts are looked up in the ledger. Borrows all.
  ReplyScorer(const data::Dataset& dataset,
              Scoring scoring,
              const Judge& judge,
              core::CallLedger& ledger,
              const ProgramRuns* programs = nullptr);

  /// Why replies to a query get no quality; empty where they can.
  const std::string& why_unscored(std::size_t query) const { return why_unscored_[query]; }

  /// Whether the judge is asked about replies to a query.
  bool asks_judge(std::size_t query) const;

  /// Whether replies to some query are programs that are run.
  bool runs_programs() const;

  base::Result<ReplyScores> scores(std::size_t query, std::string_view reply) const;

  /// Null where there is none.
  const Judge* judge() const { return judge_; }

 private:
  void add_metric(std::size_t query, std::string_view reply, ReplyScores& scores) const;

  const data::Dataset* dataset_;
  const ProgramRuns* programs_ = nullptr;
  Scoring scoring_ = Scoring::kMetric;
  const Judge* judge_ = nullptr;
  core::CallLedger* ledger_ = nullptr;
  std::vector<bool> is_program_;           // Per query: its metric is pass@1, and can be had.
  std::vector<bool> has_metric_;           // Per query.
  std::vector<std::string> why_unscored_;  // Per query.
};

/// A cell's reply as an outcome. judge: null where none is asked.
core::Outcome outcome_of(const Questionnaire& questionnaire,
                         const Cell& cell,
                         const llm::LedgerRow& row,
                         const ReplyScores& scores,
                         const Judge* judge);

}  // namespace wend::label
