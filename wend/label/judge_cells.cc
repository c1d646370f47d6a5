// SPDX-License-Identifier: Apache-2.0
#include "wend/label/judge_cells.h"

#include <utility>

#include "wend/base/check.h"
#include "wend/base/stop.h"

namespace wend::label {

base::Result<std::optional<llm::LedgerRow>> CellReplies::reply(const Cell& cell) {
  return llm::find_row(ledger_, call_of(questionnaire_, cell).row.key);
}

base::Result<std::optional<JudgedReply>> CellReplies::at(std::size_t index) {
  const Cell cell = cell_at(questionnaire_, index);
  if (!scorer_.asks_judge(cell.query)) {
    return std::nullopt;
  }
  const std::optional<llm::LedgerRow> row = TRY(reply(cell));
  if (!row) {
    return std::nullopt;
  }
  return judged_reply(questionnaire_.dataset->queries[cell.query], row->reply.text);
}

base::Status CellReplies::take(std::size_t index, const Verdict& /*verdict*/) {
  constexpr std::size_t kBatch = 500;
  const Cell cell = cell_at(questionnaire_, index);
  const std::optional<llm::LedgerRow> row = TRY(reply(cell));
  CHECK(row.has_value(), "the ledger has lost the reply of cell {}", index);
  const ReplyScores scores = TRY(scorer_.scores(cell.query, row->reply.text));
  // A run that stopped has left programs to the next one, which finds the verdict in the ledger.
  if (!scores.awaits_program) {
    batch_.push_back(outcome_of(questionnaire_, cell, *row, scores, scorer_.judge()));
  }
  return batch_.size() >= kBatch ? flush() : base::Status();
}

base::Status CellReplies::flush() {
  const std::vector<core::Outcome> batch = std::exchange(batch_, {});
  return batch.empty() ? base::Status() : sink_(batch);
}

base::Result<llm::DialogueEstimate> estimate_judging(const Questionnaire& questionnaire,
                                                     const Judge& judge,
                                                     core::CallLedger& ledger,
                                                     const ModelRun& answers,
                                                     std::uint64_t seed) {
  const ReplyScorer scorer(*questionnaire.dataset, Scoring::kJudge, judge, ledger);
  CellReplies replies(questionnaire, scorer, ledger);
  JudgeItems items(ledger, judge, replies);
  llm::DialogueRun run(items, judge.partner, seed);
  llm::DialogueEstimate estimate = TRY(run.estimate());
  for (std::size_t index = 0; index < questionnaire.cell_count(); ++index) {
    TRY(base::check_stop());
    const Cell cell = cell_at(questionnaire, index);
    if (!scorer.asks_judge(cell.query) || TRY(replies.at(index))) {
      continue;
    }
    const core::QueryRecord& query = questionnaire.dataset->queries[cell.query];
    const llm::ExpectedCall expected = run.expect(
        llm::rough_tokens(judge.prompt) + llm::rough_tokens(question_text(query, "")) +
        llm::rough_tokens(query.reference) + answers.expected_reply_tokens(cell.candidate));
    ++estimate.items;
    ++estimate.calls;
    estimate.input_tokens += expected.input_tokens;
    estimate.output_tokens += expected.output_tokens;
    estimate.cost += expected.cost.value_or(0);
    estimate.unpriced_calls += expected.cost ? 0 : 1;
  }
  return estimate;
}

}  // namespace wend::label
