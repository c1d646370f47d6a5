// SPDX-License-Identifier: Apache-2.0
// Outcomes of one's own: every model of the pool answers every query, replies are scored by metric
// or by a judge, and what comes of it is a collection to train on. In order: the queries and the
// models, what the ledger has of their replies, what the rest would cost, the calls, the outcomes.
// A judge is asked in a second pass, over the replies that the ledger has by then.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "wend/base/progress.h"
#include "wend/base/result.h"
#include "wend/core/call_ledger.h"
#include "wend/label/judge.h"
#include "wend/label/program_runs.h"
#include "wend/label/reply_scorer.h"
#include "wend/label/run_models.h"
#include "wend/store/store.h"
#include "wend/trips/config.h"
#include "wend/trips/judge.h"

namespace wend::trips {

struct LabelRequest {
  data::Dataset dataset;  ///< With its queries; models and outcomes as the store has them.
  std::vector<std::string> models;  ///< Patterns; empty: every model of the configuration.
  std::uint32_t draws = 1;
  label::Scoring scoring = label::Scoring::kMetric;
  std::string judge;  ///< Its id; empty: the configuration's.
  SelfJudging self_judging = SelfJudging::kRefused;
  std::optional<double> budget;
  std::uint64_t seed = 1;
};

struct LabelEstimate {
  label::Estimate answers;
  std::optional<llm::DialogueEstimate> judging;

  std::size_t calls() const { return answers.calls + (judging ? judging->calls : 0); }

  double cost() const { return answers.cost + (judging ? judging->cost : 0); }
};

/// What came of the judge's pass.
struct JudgingResult {
  llm::RunReport run;
  label::JudgeTally tally;
  llm::DialogueTally calls;
};

struct LabelResult {
  llm::RunReport run;  ///< Of both passes: cells as the candidates answered them, calls and money
                       ///< of all.
  label::Tally tally;  ///< Of the candidates' replies.
  std::optional<JudgingResult> judging;
  std::size_t unscored = 0;  ///< Cells with a reply and without a quality.
};

class LabelTrip {
 public:
  /// Puts models, upstreams and parameters together, and fails where one of them is not told.
  /// Writes nothing and calls nobody.
  static base::Result<std::unique_ptr<LabelTrip>> prepare(LabelRequest request,
                                                          const Config& config);

  /// What there is to do and what it is expected to cost.
  base::Result<LabelEstimate> estimate(core::CallLedger& ledger);

  /// Whether calls can be made: fails where an upstream's key is not in the environment, and where
  /// a budget is to be kept with a model that has no price; and where replies are programs to be
  /// run (pass@1) and this machine allows no sandbox.
  base::Status check_ready();

  /// Does it. The collection is written first, outcomes as they come. `store` and `ledger` are of
  /// one file. Where replies are programs and no sandbox can be had it fails before all else.
  base::Result<LabelResult> run(store::Store& store,
                                core::CallLedger& ledger,
                                base::Progress& progress);

  /// Writes the ledger's rows of this questionnaire's cells as replies.jsonl (packed where the name
  /// ends in .zst), a call once.
  base::Status export_replies(core::CallLedger& ledger, const std::string& path) const;

  const data::Dataset& dataset() const { return request_.dataset; }

  /// Null where none is asked.
  const label::Judge* judge() const { return judge_ ? &judge_->judge : nullptr; }

 private:
  LabelTrip(LabelRequest request, label::Questionnaire questionnaire, std::vector<llm::Lane> lanes);

  label::ReplyScorer scorer(core::CallLedger& ledger) const;
  base::Status prepare_sandbox();
  label::ModelRun::Sink sink_into(store::Store& store);
  base::Result<llm::RunReport> answer(store::Store& store,
                                      core::CallLedger& ledger,
                                      base::Progress& progress);
  base::Result<JudgingResult> ask_judge(store::Store& store,
                                        core::CallLedger& ledger,
                                        double spent,
                                        base::Progress& progress);

  LabelRequest request_;
  label::Questionnaire questionnaire_;
  std::vector<llm::Lane> lanes_;
  std::optional<ReadyJudge> judge_;
  std::string python_;
  std::unique_ptr<label::CodeRunner> code_runner_;  ///< Where replies are programs.
  label::ProgramRuns programs_;
  std::unique_ptr<label::ModelRun> plan_;
  std::vector<bool> has_quality_;  ///< Per cell, what this run has scored.
  std::string currency_;
  std::optional<base::Error> missing_key_;  ///< Where a lane lacks its key.
};

}  // namespace wend::trips
