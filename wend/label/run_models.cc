// SPDX-License-Identifier: Apache-2.0
#include "wend/label/run_models.h"

#include <numeric>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "wend/base/random.h"
#include "wend/base/stop.h"
#include "wend/label/match_answer.h"

namespace wend::label {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kBatch = 500;
constexpr std::size_t kKindsOfFailure = 20;

std::optional<std::uint32_t> as_count(const std::optional<std::int64_t>& count) {
  const bool fits = count && *count >= 0 && *count <= std::numeric_limits<std::uint32_t>::max();
  return fits ? std::optional(static_cast<std::uint32_t>(*count)) : std::nullopt;
}

std::string dumped(const ordered_json& object) {
  return object.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace

ModelRun::ModelRun(const Questionnaire& questionnaire, std::size_t lanes, std::uint64_t seed)
    : questionnaire_(questionnaire),
      order_(questionnaire.dataset->queries.size()),
      lanes_(lanes),
      expectations_(
          questionnaire.candidates.size(),
          llm::Expectation(static_cast<double>(questionnaire.parameters.max_tokens.value_or(0)))) {
  std::iota(order_.begin(), order_.end(), 0U);
  base::Random(base::stage_seed(seed, "label")).shuffle(std::span(order_));
  for (std::size_t i = 0; i < questionnaire.candidates.size(); ++i) {
    lanes_[questionnaire.candidates[i].lane].candidates.push_back(i);
  }
  for (const core::QueryRecord& query : questionnaire.dataset->queries) {
    const base::Status scorable = check_scorable(query);
    why_unscored_.push_back(scorable ? "" : scorable.error().message);
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
    if (const auto line = TRY(ledger.find(call.row.key))) {
      ++estimate.reused;
      const llm::LedgerRow row = TRY(llm::parse_ledger_row(*line));
      expectations_[cell.candidate].learn(rough, row.reply.usage);
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
  for (const std::string& why : why_unscored_) {
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
  planned.cell = (std::size_t{cell.query} * questionnaire_.candidates.size() + cell.candidate) *
                     questionnaire_.draws +
                 cell.draw;
  planned.call = call_of(questionnaire_, cell);
  const llm::ExpectedCall expected = expectations_[cell.candidate].expect(
      llm::rough_tokens(planned.call.chat.messages[0].content), planned.call.prices);
  planned.call.expected_tokens = expected.input_tokens + expected.output_tokens;
  planned.expected_cost = expected.cost.value_or(0);
  return planned;
}

base::Status ModelRun::take(std::size_t index, llm::CallResult<llm::PaidReply> result) {
  const Cell cell = cell_at(questionnaire_, index);
  batch_.push_back(result ? scored_outcome(cell, *result) : failed_outcome(cell, result.error()));
  return batch_.size() >= kBatch ? flush() : base::Status();
}

base::Status ModelRun::flush() {
  if (batch_.empty()) {
    return {};
  }
  const std::vector<core::Outcome> batch = std::exchange(batch_, {});
  return sink_(batch);
}

core::Outcome ModelRun::scored_outcome(const Cell& cell, const llm::PaidReply& reply) {
  const core::QueryRecord& query = questionnaire_.dataset->queries[cell.query];
  const Candidate& candidate = questionnaire_.candidates[cell.candidate];
  const llm::LedgerRow& row = reply.row;
  core::Outcome outcome;
  outcome.query = cell.query;
  outcome.model = candidate.model;
  outcome.draw = cell.draw;
  outcome.input_tokens = as_count(row.reply.usage.prompt_tokens);
  outcome.output_tokens = as_count(row.reply.usage.completion_tokens);
  const std::optional<double> cost = llm::cost_of(row.reply.usage, candidate.prices);
  outcome.cost = cost ? cost : row.cost;
  if (row.latency_s) {
    outcome.latency_s = static_cast<float>(*row.latency_s);
  }
  ordered_json extra = ordered_json::object();
  if (why_unscored_[cell.query].empty()) {
    outcome.quality = static_cast<float>(match_answer(query, row.reply.text));
  } else {
    outcome.status = core::OutcomeStatus::kUnscored;
    extra["why"] = why_unscored_[cell.query];
    ++tally_.unscored;
  }
  if (row.reply.usage.cached_tokens) {
    extra["cached_tokens"] = *row.reply.usage.cached_tokens;
  }
  if (row.reply.finish_reason == "length") {
    extra["finish_reason"] = row.reply.finish_reason;
    ++tally_.cut;
  }
  extra["reply_id"] = row.key;
  outcome.extra_json = dumped(extra);
  if (reply.origin == llm::Origin::kUpstream) {
    tally_.input_tokens += outcome.input_tokens.value_or(0);
    tally_.output_tokens += outcome.output_tokens.value_or(0);
    expectations_[cell.candidate].learn(
        llm::rough_tokens(question_text(query, questionnaire_.prompt_template)), row.reply.usage);
  }
  return outcome;
}

core::Outcome ModelRun::failed_outcome(const Cell& cell, const llm::CallFailure& failure) {
  core::Outcome outcome;
  outcome.query = cell.query;
  outcome.model = questionnaire_.candidates[cell.candidate].model;
  outcome.draw = cell.draw;
  outcome.status = core::OutcomeStatus::kFailed;
  outcome.extra_json = dumped({{"why", failure.error.message}});
  if (tally_.failures.size() < kKindsOfFailure || tally_.failures.contains(failure.error.message)) {
    ++tally_.failures[failure.error.message];
  }
  return outcome;
}

}  // namespace wend::label
