// SPDX-License-Identifier: Apache-2.0
// The second pass of a labelling: the judge is asked about every reply that the ledger has for a
// cell of the questionnaire, and outcomes are made of what it says.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "wend/label/judge.h"
#include "wend/label/reply_scorer.h"
#include "wend/label/run_models.h"

namespace wend::label {

/// The cells' replies, read from the ledger when they are asked for. Borrows all.
class CellReplies final : public JudgedReplies {
 public:
  CellReplies(const Questionnaire& questionnaire,
              const ReplyScorer& scorer,
              core::CallLedger& ledger)
      : questionnaire_(questionnaire), scorer_(scorer), ledger_(ledger) {}

  void deliver_to(ModelRun::Sink sink) { sink_ = std::move(sink); }

  base::Status flush();

  std::size_t count() const override { return questionnaire_.cell_count(); }

  base::Result<std::optional<JudgedReply>> at(std::size_t index) override;
  base::Status take(std::size_t index, const Verdict& verdict) override;

  /// The cell stays without an outcome, or with the one that it had: the next run asks again.
  base::Status give_up(std::size_t /*index*/, const llm::CallFailure& /*failure*/) override {
    return {};
  }

 private:
  base::Result<std::optional<llm::LedgerRow>> reply(const Cell& cell);

  const Questionnaire& questionnaire_;
  const ReplyScorer& scorer_;
  core::CallLedger& ledger_;
  ModelRun::Sink sink_;
  std::vector<core::Outcome> batch_;
};

/// What judging will take: of replies that are there, and of those that `answers` is yet to bring,
/// of the length that it expects. Needs answers.estimate() to have been called.
base::Result<llm::DialogueEstimate> estimate_judging(const Questionnaire& questionnaire,
                                                     const Judge& judge,
                                                     core::CallLedger& ledger,
                                                     const ModelRun& answers,
                                                     std::uint64_t seed);

}  // namespace wend::label
