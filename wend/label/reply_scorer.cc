// SPDX-License-Identifier: Apache-2.0
#include "wend/label/reply_scorer.h"

#include <limits>
#include <utility>

#include <nlohmann/json.hpp>

#include "wend/label/match_answer.h"

namespace wend::label {

using base::Code;
using base::fail;
using nlohmann::ordered_json;

base::Result<Scoring> parse_scoring(std::string_view word) {
  if (word == "metric") {
    return Scoring::kMetric;
  }
  if (word == "judge") {
    return Scoring::kJudge;
  }
  if (word == "both") {
    return Scoring::kBoth;
  }
  return fail(Code::kInvalidArgument, "--score {}: expected metric, judge or both", word);
}

ReplyScorer::ReplyScorer(const data::Dataset& dataset, const ProgramRuns* programs)
    : dataset_(&dataset), programs_(programs) {
  for (const core::QueryRecord& query : dataset.queries) {
    const bool is_program = programs != nullptr && is_scored_by_running(query);
    const base::Status scorable = is_program ? check_has_tests(query) : check_scorable(query);
    is_program_.push_back(is_program);
    has_metric_.push_back(scorable.has_value());
    why_unscored_.push_back(scorable ? "" : scorable.error().message);
  }
}

ReplyScorer::ReplyScorer(const data::Dataset& dataset,
                         Scoring scoring,
                         const Judge& judge,
                         core::CallLedger& ledger,
                         const ProgramRuns* programs)
    : ReplyScorer(dataset, programs) {
  scoring_ = scoring;
  judge_ = &judge;
  ledger_ = &ledger;
  for (std::size_t i = 0; i < dataset.queries.size(); ++i) {
    const base::Status judgeable = check_judgeable(dataset.queries[i]);
    has_metric_[i] = has_metric_[i] && scoring == Scoring::kBoth;
    if (judgeable || has_metric_[i]) {
      why_unscored_[i].clear();
    } else if (scoring == Scoring::kJudge) {
      why_unscored_[i] = judgeable.error().message;
    }
  }
}

bool ReplyScorer::asks_judge(std::size_t query) const {
  return scoring_ != Scoring::kMetric && check_judgeable(dataset_->queries[query]).has_value();
}

bool ReplyScorer::runs_programs() const {
  for (std::size_t query = 0; query < is_program_.size(); ++query) {
    if (is_program_[query] && has_metric_[query]) {
      return true;
    }
  }
  return false;
}

void ReplyScorer::add_metric(std::size_t query, std::string_view reply, ReplyScores& scores) const {
  if (!is_program_[query]) {
    scores.metric = match_answer(dataset_->queries[query], reply);
    return;
  }
  const base::Result<bool>* const passed = programs_->find(query, reply);
  scores.awaits_program = passed == nullptr;
  if (passed != nullptr && *passed) {
    scores.metric = **passed ? 1 : 0;
  } else if (passed != nullptr) {
    scores.why_unscored = passed->error().message;
  }
}

base::Result<ReplyScores> ReplyScorer::scores(std::size_t query, std::string_view reply) const {
  const core::QueryRecord& record = dataset_->queries[query];
  ReplyScores scores;
  scores.why_unscored = why_unscored_[query];
  if (has_metric_[query]) {
    add_metric(query, reply, scores);
  }
  if (scores.awaits_program) {
    return scores;
  }
  if (asks_judge(query)) {
    const llm::DialogueStep step =
        TRY(follow_judge(*ledger_, *judge_, judged_reply(record, reply)));
    scores.awaits_judge = step.state == llm::DialogueState::kOpen;
    if (!scores.awaits_judge) {
      scores.verdict = verdict_of(step);
    }
  }
  scores.quality = scores.metric;
  if (scores.verdict && !scores.quality) {
    scores.quality = scores.verdict->score;
  }
  if (scores.verdict && !scores.quality) {
    scores.why_unscored = fmt::format("the judge '{}' gave no score; it said '{}'",
                                      judge_->partner.model.id,
                                      scores.verdict->said);
  }
  return scores;
}

namespace {

std::optional<std::uint32_t> as_count(const std::optional<std::int64_t>& count) {
  const bool fits = count && *count >= 0 && *count <= std::numeric_limits<std::uint32_t>::max();
  return fits ? std::optional(static_cast<std::uint32_t>(*count)) : std::nullopt;
}

/// What of a reply and its scores has no field of its own in an outcome.
ordered_json extra_of(const llm::LedgerRow& row,
                      const ReplyScores& scores,
                      const Judge* judge,
                      const std::string& candidate) {
  ordered_json extra = ordered_json::object();
  if (!scores.quality) {
    extra["why"] = scores.why_unscored;
  }
  if (judge != nullptr && scores.metric) {
    extra["scores"]["metric"] = *scores.metric;
  }
  if (scores.verdict && scores.verdict->score) {
    extra["scores"]["judge"] = *scores.verdict->score;
  }
  if (scores.verdict) {
    extra["judge"] = judge->partner.model.id;
    if (judge->itself.contains(candidate)) {
      extra["judges_itself"] = true;
    }
    extra["judge_reply_id"] = scores.verdict->reply_id;
  }
  if (row.reply.usage.cached_tokens) {
    extra["cached_tokens"] = *row.reply.usage.cached_tokens;
  }
  if (row.reply.finish_reason == "length") {
    extra["finish_reason"] = row.reply.finish_reason;
  }
  extra["reply_id"] = row.key;
  return extra;
}

}  // namespace

core::Outcome outcome_of(const Questionnaire& questionnaire,
                         const Cell& cell,
                         const llm::LedgerRow& row,
                         const ReplyScores& scores,
                         const Judge* judge) {
  const Candidate& candidate = questionnaire.candidates[cell.candidate];
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
  if (scores.quality) {
    outcome.quality = static_cast<float>(*scores.quality);
  } else {
    outcome.status = core::OutcomeStatus::kUnscored;
  }
  outcome.extra_json = extra_of(row, scores, judge, candidate.id)
                           .dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  return outcome;
}

}  // namespace wend::label
