// SPDX-License-Identifier: Apache-2.0
// Models answer the cells of a questionnaire, and replies become outcomes: the plan that
// llm::run_calls runs. Replies are in the ledger before they come here, so that what is lost by a
// kill is work, never money.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "wend/base/progress.h"
#include "wend/base/result.h"
#include "wend/core/outcome.h"
#include "wend/label/cells.h"
#include "wend/label/program_runs.h"
#include "wend/label/reply_scorer.h"
#include "wend/llm/call_runner.h"
#include "wend/llm/expectation.h"

namespace wend::label {

/// What there is to do, before any of it is done.
struct Estimate {
  std::size_t cells = 0;
  std::size_t reused = 0;  ///< Have a reply in the ledger.
  std::size_t calls = 0;   ///< Distinct calls to make.
  double input_tokens = 0;
  double output_tokens = 0;
  double cost = 0;  ///< Of calls whose model has prices.
  std::size_t unpriced_calls = 0;
  std::map<std::string, std::size_t> calls_by_model;
  std::map<std::string, double> cost_by_model;
  std::map<std::string, std::size_t> unscored_queries;  ///< Why their replies get no quality.
};

/// What has come of it.
struct Tally {
  std::size_t scored = 0;           ///< Replies with a quality.
  std::size_t cut = 0;              ///< Replies that ended at max_tokens; scored as they are.
  std::uint64_t input_tokens = 0;   ///< Of new replies.
  std::uint64_t output_tokens = 0;  ///< Of new replies.
  std::map<std::string, std::size_t> failures;  ///< Their sentences, at most twenty kinds.
};

/// The cells of a questionnaire as calls, queries in a seeded order, so that a run that is stopped
/// leaves a fair sample.
class ModelRun final : public llm::CallPlan {
 public:
  /// Outcomes whose cells are done, in batches; an error ends the run. A reply that has a quality
  /// only once a judge has been asked makes none; one whose program is to be run makes it then.
  using Sink = std::function<base::Status(std::span<const core::Outcome>)>;
  using Tell = std::function<void(const llm::RunReport&)>;

  /// Borrows the questionnaire. `lanes` is the number of upstreams.
  ModelRun(const Questionnaire& questionnaire, std::size_t lanes, std::uint64_t seed);

  /// By metric where nothing else is said.
  void score_with(ReplyScorer scorer) { scorer_ = std::move(scorer); }

  /// Looks every cell up in the ledger, and learns from the replies there what others will take.
  base::Result<Estimate> estimate(core::CallLedger& ledger);

  void deliver_to(Sink sink, Tell tell) {
    sink_ = std::move(sink);
    tell_ = std::move(tell);
  }

  /// How many tokens a reply of a candidate is expected to have.
  double expected_reply_tokens(std::size_t candidate) const {
    return expectations_[candidate].expect(0, {}).output_tokens;
  }

  /// What runs the programs in replies, beside the calls; needed where the scorer runs programs.
  /// Replies whose programs have ended are read from the ledger again. Borrows both.
  void run_programs_with(ProgramRuns& programs, core::CallLedger& ledger) {
    programs_ = &programs;
    ledger_ = &ledger;
  }

  /// Runs what is left of the programs to its end, or to a stop (base::check_stop), after which the
  /// cells of those that have not begun are left to a later run.
  base::Status finish_programs(base::Progress& progress);

  /// Gives what is left of the last batch to the sink.
  base::Status flush();

  const Tally& tally() const { return tally_; }

  base::Result<std::optional<llm::PlannedCall>> next(std::size_t lane) override;
  base::Status take(std::size_t cell, llm::CallResult<llm::PaidReply> result) override;

  void progress(const llm::RunReport& report) override { tell_(report); }

 private:
  /// Where a lane stands: which of the queries in order, and which of its cells of it.
  struct Position {
    std::size_t query = 0;
    std::size_t cell = 0;
    std::vector<std::size_t> candidates;
  };

  void count(const Cell& cell, const llm::PaidReply& reply);
  base::Status score(const Cell& cell, const llm::LedgerRow& row);
  base::Status score_again(std::span<const std::size_t> cells);
  core::Outcome failed_outcome(const Cell& cell, const llm::CallFailure& failure);

  const Questionnaire& questionnaire_;
  std::vector<std::uint32_t> order_;
  std::vector<Position> lanes_;
  std::vector<llm::Expectation> expectations_;  // Per candidate.
  ReplyScorer scorer_;
  ProgramRuns* programs_ = nullptr;
  core::CallLedger* ledger_ = nullptr;
  std::vector<std::size_t> put_off_;  // Cells whose programs found no room.
  std::vector<core::Outcome> batch_;
  Tally tally_;
  Sink sink_;
  Tell tell_ = [](const llm::RunReport&) {};
};

}  // namespace wend::label
