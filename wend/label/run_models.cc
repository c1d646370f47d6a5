// SPDX-License-Identifier: Apache-2.0
#include "wend/label/run_models.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "wend/base/check.h"
#include "wend/base/random.h"
#include "wend/base/stop.h"

namespace wend::label {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kBatch = 500;

std::uint64_t tokens_in(const std::optional<std::int64_t>& count) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(count.value_or(0), 0));
}

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
    count(cell, *result);
    TRY(score(cell, result->row));
  } else {
    batch_.push_back(failed_outcome(cell, result.error()));
  }
  if (programs_ != nullptr) {
    TRY(score_again(programs_->take_ended()));
  }
  return batch_.size() >= kBatch ? flush() : base::Status();
}

base::Status ModelRun::finish_programs(base::Progress& progress) {
  if (programs_ == nullptr || programs_->open_cells() + put_off_.size() == 0) {
    return {};
  }
  progress.start("run programs", programs_->open_cells() + put_off_.size());
  while (base::check_stop()) {
    while (!put_off_.empty() && programs_->has_room()) {
      const std::size_t cell = put_off_.back();
      put_off_.pop_back();
      TRY(score_again(std::span(&cell, 1)));
    }
    const std::vector<std::size_t> ended = programs_->wait_ended();
    if (ended.empty() && put_off_.empty()) {
      break;
    }
    TRY(score_again(ended));
    TRY(flush());
    progress.advance(ended.size());
  }
  progress.finish();
  return {};
}

base::Status ModelRun::flush() {
  if (batch_.empty()) {
    return {};
  }
  const std::vector<core::Outcome> batch = std::exchange(batch_, {});
  return sink_(batch);
}

void ModelRun::count(const Cell& cell, const llm::PaidReply& reply) {
  const llm::Usage& usage = reply.row.reply.usage;
  tally_.cut += reply.row.reply.finish_reason == "length" ? 1 : 0;
  if (reply.origin == llm::Origin::kUpstream) {
    tally_.input_tokens += tokens_in(usage.prompt_tokens);
    tally_.output_tokens += tokens_in(usage.completion_tokens);
    const core::QueryRecord& query = questionnaire_.dataset->queries[cell.query];
    expectations_[cell.candidate].learn(
        llm::rough_tokens(question_text(query, questionnaire_.prompt_template)), usage);
  }
}

base::Status ModelRun::score(const Cell& cell, const llm::LedgerRow& row) {
  const ReplyScores scores = TRY(scorer_.scores(cell.query, row.reply.text));
  if (scores.awaits_program) {
    CHECK(programs_ != nullptr, "replies are programs, and nothing was given to run them");
    const std::size_t index = index_of(questionnaire_, cell);
    if (!programs_->want(index, cell.query, row.reply.text)) {
      put_off_.push_back(index);
    }
    return {};
  }
  tally_.scored += scores.quality ? 1 : 0;
  if (scores.quality || !scores.awaits_judge) {
    batch_.push_back(outcome_of(questionnaire_, cell, row, scores, scorer_.judge()));
  }
  return {};
}

base::Status ModelRun::score_again(std::span<const std::size_t> cells) {
  for (const std::size_t index : cells) {
    const Cell cell = cell_at(questionnaire_, index);
    const auto row = TRY(llm::find_row(*ledger_, call_of(questionnaire_, cell).row.key));
    CHECK(row.has_value(), "the ledger has lost the reply of cell {}", index);
    TRY(score(cell, *row));
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
