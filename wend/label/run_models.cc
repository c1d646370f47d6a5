// SPDX-License-Identifier: Apache-2.0
#include "wend/label/run_models.h"

#include <numeric>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "wend/base/random.h"
#include "wend/base/stop.h"

namespace wend::label {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kBatch = 500;

}  // namespace

ModelRun::ModelRun(const Questionnaire& questionnaire, std::size_t lanes, std::uint64_t seed)
    : questionnaire_(questionnaire),
      order_(questionnaire.dataset->queries.size()),
      lanes_(lanes),
      expectations_(
          questionnaire.candidates.size(),
          llm::Expectation(static_cast<double>(questionnaire.parameters.max_tokens.value_or(0)))),
      scorer_(*questionnaire.dataset) {
  std::iota(order_.begin(), order_.end(), 0U);
  base::Random(base::stage_seed(seed, "label")).shuffle(std::span(order_));
  for (std::size_t i = 0; i < questionnaire.candidates.size(); ++i) {
    lanes_[questionnaire.candidates[i].lane].candidates.push_back(i);
  }
}

base::Result<Estimate> ModelRun::estimate(core::CallLedger& ledger) {
  Estimate estimate;
  estimate.cells = questionnaire_.cell_count();
  std::set<std::string> keys;
  std::vector<std::pair<std::size_t, double>> to_make;  // Candidate and rough tokens of each call.
  for (std::size_t index = 0; index < estimate.cells; ++index) {
    TRY(base::check_stop());
    const Cell cell = cell_at(questionnaire_, index);
    const llm::PaidCall call = call_of(questionnaire_, cell);
    const double rough = llm::rough_tokens(call.chat.messages[0].content);
    if (const auto row = TRY(llm::find_row(ledger, call.row.key))) {
      ++estimate.reused;
      expectations_[cell.candidate].learn(rough, row->reply.usage);
    } else if (keys.insert(call.row.key).second) {
      to_make.emplace_back(cell.candidate, rough);
    }
  }
  for (const auto& [candidate, rough] : to_make) {
    const Candidate& model = questionnaire_.candidates[candidate];
    const llm::ExpectedCall call = expectations_[candidate].expect(rough, model.prices);
    ++estimate.calls;
    ++estimate.calls_by_model[model.id];
    estimate.input_tokens += call.input_tokens;
    estimate.output_tokens += call.output_tokens;
    estimate.cost += call.cost.value_or(0);
    estimate.cost_by_model[model.id] += call.cost.value_or(0);
    estimate.unpriced_calls += call.cost ? 0 : 1;
  }
  for (std::size_t query = 0; query < questionnaire_.dataset->queries.size(); ++query) {
    const std::string& why = scorer_.why_unscored(query);
    if (!why.empty()) {
      ++estimate.unscored_queries[why];
    }
  }
  return estimate;
}

base::Result<std::optional<llm::PlannedCall>> ModelRun::next(std::size_t lane) {
  Position& at = lanes_[lane];
  const std::size_t cells = at.candidates.size() * questionnaire_.draws;
  if (at.query >= order_.size() || cells == 0) {
    return std::nullopt;
  }
  Cell cell;
  cell.query = order_[at.query];
  cell.candidate = at.candidates[at.cell / questionnaire_.draws];
  cell.draw = static_cast<std::uint32_t>(at.cell % questionnaire_.draws);
  at.cell = (at.cell + 1) % cells;
  at.query += at.cell == 0 ? 1 : 0;

  llm::PlannedCall planned;
  planned.cell = index_of(questionnaire_, cell);
  planned.call = call_of(questionnaire_, cell);
  const llm::ExpectedCall expected = expectations_[cell.candidate].expect(
      llm::rough_tokens(planned.call.chat.messages[0].content), planned.call.prices);
  planned.call.expected_tokens = expected.input_tokens + expected.output_tokens;
  planned.expected_cost = expected.cost.value_or(0);
  return planned;
}

base::Status ModelRun::take(std::size_t index, llm::CallResult<llm::PaidReply> result) {
  const Cell cell = cell_at(questionnaire_, index);
  if (result) {
    TRY(take_reply(cell, *result));
  } else {
    batch_.push_back(failed_outcome(cell, result.error()));
  }
  return batch_.size() >= kBatch ? flush() : base::Status();
}

base::Status ModelRun::flush() {
  if (batch_.empty()) {
    return {};
  }
  const std::vector<core::Outcome> batch = std::exchange(batch_, {});
  return sink_(batch);
}

base::Status ModelRun::take_reply(const Cell& cell, const llm::PaidReply& reply) {
  const ReplyScores scores = TRY(scorer_.scores(cell.query, reply.row.reply.text));
  const core::Outcome outcome =
      outcome_of(questionnaire_, cell, reply.row, scores, scorer_.judge_id());
  tally_.scored += scores.quality ? 1 : 0;
  tally_.cut += reply.row.reply.finish_reason == "length" ? 1 : 0;
  if (reply.origin == llm::Origin::kUpstream) {
    tally_.input_tokens += outcome.input_tokens.value_or(0);
    tally_.output_tokens += outcome.output_tokens.value_or(0);
    const core::QueryRecord& query = questionnaire_.dataset->queries[cell.query];
    expectations_[cell.candidate].learn(
        llm::rough_tokens(question_text(query, questionnaire_.prompt_template)),
        reply.row.reply.usage);
  }
  if (scores.quality || !scores.awaits_judge) {
    batch_.push_back(outcome);
  }
  return {};
}

core::Outcome ModelRun::failed_outcome(const Cell& cell, const llm::CallFailure& failure) {
  core::Outcome outcome;
  outcome.query = cell.query;
  outcome.model = questionnaire_.candidates[cell.candidate].model;
  outcome.draw = cell.draw;
  outcome.status = core::OutcomeStatus::kFailed;
  outcome.extra_json = ordered_json({{"why", failure.error.message}})
                           .dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  llm::count_failure(tally_.failures, failure);
  return outcome;
}

}  // namespace wend::label
