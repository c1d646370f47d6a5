// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/label.h"

#include <algorithm>
#include <set>
#include <utility>

#include "wend/base/compression.h"
#include "wend/base/file.h"
#include "wend/base/stop.h"
#include "wend/base/template.h"
#include "wend/label/judge_cells.h"
#include "wend/policy/allow_list.h"
#include "wend/trips/lanes.h"
#include "wend/trips/spending_progress.h"

namespace wend::trips {

using base::Code;
using base::fail;
using base::Result;
using base::Status;

namespace {

/// The models of the configuration that the patterns name.
Result<std::vector<const ModelConfig*>> chosen_models(const LabelRequest& request,
                                                      const Config& config) {
  std::vector<core::ModelCard> cards;
  for (const ModelConfig& model : config.models) {
    cards.emplace_back().id = model.id;
  }
  if (cards.empty()) {
    return fail(Code::kInvalidArgument,
                "no model to ask: expected `models` in the configuration, each with its upstream");
  }
  TRY(policy::check_allowed_models(request.models, cards));
  std::vector<const ModelConfig*> chosen;
  for (const ModelConfig& model : config.models) {
    if (!policy::is_allowed(request.models, model.id)) {
      continue;
    }
    chosen.push_back(TRY(find_asked_model(config, "--models", model.id)));
  }
  return chosen;
}

/// The model's row in the collection, with the configuration's prices; a new one where it has none.
std::uint32_t put_card(data::Dataset& dataset, const ModelConfig& model) {
  auto card = std::ranges::find(dataset.models, model.id, &core::ModelCard::id);
  if (card == dataset.models.end()) {
    card = dataset.models.insert(card, core::ModelCard{});
    card->id = model.id;
  }
  if (model.price.input && model.price.output) {
    card->input_price_per_mtok = model.price.input;
    card->output_price_per_mtok = model.price.output;
  }
  return static_cast<std::uint32_t>(card - dataset.models.begin());
}

/// One report of two passes: cells of the first, calls and money of both.
llm::RunReport merged(llm::RunReport answers, const llm::RunReport& judging) {
  answers.calls += judging.calls;
  answers.spent += judging.spent;
  answers.left.insert(answers.left.end(), judging.left.begin(), judging.left.end());
  if (answers.stopped == llm::StopReason::kNone) {
    answers.stopped = judging.stopped;
  }
  return answers;
}

}  // namespace

LabelTrip::LabelTrip(LabelRequest request,
                     label::Questionnaire questionnaire,
                     std::vector<llm::Lane> lanes)
    : request_(std::move(request)),
      questionnaire_(std::move(questionnaire)),
      lanes_(std::move(lanes)),
      programs_(request_.dataset) {
  questionnaire_.dataset = &request_.dataset;
  plan_ = std::make_unique<label::ModelRun>(questionnaire_, lanes_.size(), request_.seed);
}

Result<std::unique_ptr<LabelTrip>> LabelTrip::prepare(LabelRequest request, const Config& config) {
  const std::vector<const ModelConfig*> models = TRY(chosen_models(request, config));
  label::Questionnaire questionnaire;
  questionnaire.draws = request.draws;
  if (!config.label.prompt_template.empty()) {
    questionnaire.prompt_template = TRY(
        base::read_template("label.prompt_template", config.label.prompt_template, {"question"}));
  }
  questionnaire.parameters.max_tokens = config.label.max_tokens;
  questionnaire.parameters.temperature = config.label.temperature;
  questionnaire.parameters.extra_json = config.label.parameters;
  LaneBook lanes(config, patience_of(config.label));
  for (const ModelConfig* model : models) {
    questionnaire.candidates.push_back({TRY(lanes.add(*model)), put_card(request.dataset, *model)});
  }
  std::optional<ReadyJudge> judge;
  if (request.scoring != label::Scoring::kMetric) {
    judge = TRY(prepare_judge(config, request.judge, models, request.self_judging));
  }
  std::optional<base::Error> missing_key = lanes.missing_key();
  if (!missing_key && judge) {
    missing_key = judge->missing_key;
  }
  std::unique_ptr<LabelTrip> trip(
      new LabelTrip(std::move(request), std::move(questionnaire), std::move(lanes).take_lanes()));
  trip->judge_ = std::move(judge);
  trip->currency_ = config.currency;
  trip->python_ = config.label.python;
  trip->missing_key_ = std::move(missing_key);
  return trip;
}

label::ReplyScorer LabelTrip::scorer(core::CallLedger& ledger) const {
  return judge_ ? label::ReplyScorer(
                      request_.dataset, request_.scoring, judge_->judge, ledger, &programs_)
                : label::ReplyScorer(request_.dataset, &programs_);
}

Result<LabelEstimate> LabelTrip::estimate(core::CallLedger& ledger) {
  LabelEstimate estimate;
  plan_->score_with(scorer(ledger));
  estimate.answers = TRY(plan_->estimate(ledger));
  if (judge_) {
    estimate.judging =
        TRY(label::estimate_judging(questionnaire_, judge_->judge, ledger, *plan_, request_.seed));
  }
  return estimate;
}

Status LabelTrip::prepare_sandbox() {
  const bool runs_programs =
      request_.scoring != label::Scoring::kJudge &&
      std::ranges::any_of(request_.dataset.queries, label::is_scored_by_running);
  if (runs_programs && code_runner_ == nullptr) {
    code_runner_ = TRY(label::confined_python(python_));
    programs_.start(*code_runner_, label::programs_at_once());
  }
  return {};
}

Status LabelTrip::check_ready() {
  if (missing_key_) {
    return tl::unexpected(*missing_key_);
  }
  TRY(prepare_sandbox());
  if (!request_.budget) {
    return {};
  }
  for (const label::Candidate& candidate : questionnaire_.candidates) {
    TRY(check_priced(candidate));
  }
  return judge_ ? check_priced(judge_->judge.partner.model) : Status();
}

label::ModelRun::Sink LabelTrip::sink_into(store::Store& store) {
  return [this, &store](std::span<const core::Outcome> outcomes) {
    for (const core::Outcome& outcome : outcomes) {
      const auto candidate =
          std::ranges::find(questionnaire_.candidates, outcome.model, &label::Candidate::model);
      label::Cell cell;
      cell.query = outcome.query;
      cell.candidate = static_cast<std::size_t>(candidate - questionnaire_.candidates.begin());
      cell.draw = outcome.draw;
      has_quality_[label::index_of(questionnaire_, cell)] = outcome.quality.has_value();
    }
    return store.put_outcomes(request_.dataset, outcomes);
  };
}

Result<llm::RunReport> LabelTrip::answer(store::Store& store,
                                         core::CallLedger& ledger,
                                         base::Progress& progress) {
  plan_->score_with(scorer(ledger));
  plan_->run_programs_with(programs_, ledger);
  plan_->deliver_to(sink_into(store), spending_teller(progress, currency_));
  progress.start("label", questionnaire_.cell_count());
  llm::RunReport report = llm::run_calls(*plan_, ledger, lanes_, {request_.budget, request_.seed});
  progress.finish();
  TRY(plan_->flush());
  if (report.error) {
    return tl::unexpected(*report.error);
  }
  TRY(plan_->finish_programs(progress));
  if (!base::check_stop() && report.stopped == llm::StopReason::kNone) {
    report.stopped = llm::StopReason::kUser;  // Some programs may not have been run.
  }
  return report;
}

Result<JudgingResult> LabelTrip::ask_judge(store::Store& store,
                                           core::CallLedger& ledger,
                                           double spent,
                                           base::Progress& progress) {
  const label::ReplyScorer scorer = this->scorer(ledger);
  label::CellReplies replies(questionnaire_, scorer, ledger);
  replies.deliver_to(sink_into(store));
  label::JudgeItems items(ledger, judge_->judge, replies);
  llm::DialogueRun run(items, judge_->judge.partner, request_.seed);
  run.tell_to(spending_teller(progress, currency_));
  std::optional<double> budget = request_.budget;
  if (budget) {
    budget = std::max(0.0, *budget - spent);
  }
  progress.start("judge", questionnaire_.cell_count());
  JudgingResult result;
  result.run = llm::run_calls(run, ledger, judge_->lanes, {budget, request_.seed});
  progress.finish();
  TRY(replies.flush());
  if (result.run.error) {
    return tl::unexpected(*result.run.error);
  }
  if (!base::check_stop() && result.run.stopped == llm::StopReason::kNone) {
    result.run.stopped = llm::StopReason::kUser;
  }
  result.tally = items.tally();
  result.calls = run.tally();
  return result;
}

Result<LabelResult> LabelTrip::run(store::Store& store,
                                   core::CallLedger& ledger,
                                   base::Progress& progress) {
  TRY(prepare_sandbox());
  data::Dataset collection = request_.dataset;
  collection.outcomes.clear();
  TRY(store.put_dataset(collection));
  has_quality_.assign(questionnaire_.cell_count(), false);
  LabelResult result;
  result.run = TRY(answer(store, ledger, progress));
  result.tally = plan_->tally();
  // What is left at the budget's end may still do for the judge's smaller calls.
  if (judge_ && (result.run.stopped == llm::StopReason::kNone ||
                 result.run.stopped == llm::StopReason::kBudget)) {
    result.judging = TRY(ask_judge(store, ledger, result.run.spent, progress));
    result.run = merged(std::move(result.run), result.judging->run);
  }
  const auto scored = std::ranges::count(has_quality_, true);
  result.unscored = result.run.done - static_cast<std::size_t>(scored);
  return result;
}

Status LabelTrip::export_replies(core::CallLedger& ledger, const std::string& path) const {
  std::string lines;
  std::set<std::string> keys;
  for (std::size_t i = 0; i < questionnaire_.cell_count(); ++i) {
    const std::string key =
        label::call_of(questionnaire_, label::cell_at(questionnaire_, i)).row.key;
    const std::optional<std::string> row = TRY(ledger.find(key));
    if (row && keys.insert(key).second) {
      lines += *row + "\n";
    }
  }
  if (path.ends_with(".zst")) {
    lines = TRY(base::compress_zstd(lines));
  }
  return base::write_file_atomically(path, lines);
}

}  // namespace wend::trips
