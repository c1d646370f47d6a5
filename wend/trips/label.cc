// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/label.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "wend/base/compression.h"
#include "wend/base/file.h"
#include "wend/base/stop.h"
#include "wend/policy/allow_list.h"
#include "wend/trips/lanes.h"

namespace wend::trips {

using base::Code;
using base::fail;
using base::Result;
using base::Status;

namespace {

constexpr std::string_view kPlaceOfQuestion = "{{question}}";

Result<std::string> read_template(const std::string& path) {
  if (path.empty()) {
    return std::string();
  }
  constexpr std::size_t kLargest = std::size_t{1} << 20U;
  std::string text = TRY(base::read_file(path, kLargest));
  if (text.find(kPlaceOfQuestion) == std::string::npos) {
    return base::fail_at({path},
                         Code::kInvalidArgument,
                         "label.prompt_template '{}': expected {} where the query's text goes",
                         path,
                         kPlaceOfQuestion);
  }
  return text;
}

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
    if (model.upstream.empty()) {
      return fail(
          Code::kInvalidArgument,
          "model '{}' has no upstream to ask; expected models: [{{id: {}, upstream: NAME}}]",
          model.id,
          model.id);
    }
    chosen.push_back(&model);
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

}  // namespace

LabelTrip::LabelTrip(LabelRequest request,
                     label::Questionnaire questionnaire,
                     std::vector<llm::Lane> lanes)
    : request_(std::move(request)),
      questionnaire_(std::move(questionnaire)),
      lanes_(std::move(lanes)) {
  questionnaire_.dataset = &request_.dataset;
  plan_ = std::make_unique<label::ModelRun>(questionnaire_, lanes_.size(), request_.seed);
}

Result<std::unique_ptr<LabelTrip>> LabelTrip::prepare(LabelRequest request, const Config& config) {
  const std::vector<const ModelConfig*> models = TRY(chosen_models(request, config));
  label::Questionnaire questionnaire;
  questionnaire.draws = request.draws;
  questionnaire.prompt_template = TRY(read_template(config.label.prompt_template));
  questionnaire.parameters.max_tokens = config.label.max_tokens;
  questionnaire.parameters.temperature = config.label.temperature;
  questionnaire.parameters.extra_json = config.label.parameters;
  std::vector<llm::Lane> lanes;
  std::map<std::string, std::size_t> lane_index;
  std::optional<base::Error> missing_key;
  for (const ModelConfig* model : models) {
    const UpstreamConfig& upstream = config.upstreams.at(model->upstream);
    const auto [lane, is_new] = lane_index.emplace(model->upstream, lanes.size());
    if (is_new) {
      Result<std::string> key = upstream_key(model->upstream, upstream);
      if (!key && !missing_key) {
        missing_key = key.error();
      }
      lanes.push_back(TRY(lane_of(model->upstream,
                                  upstream,
                                  {config.label.timeout_s, config.label.attempts},
                                  std::move(key).value_or(std::string()))));
    }
    label::Candidate candidate;
    candidate.id = model->id;
    candidate.model = put_card(request.dataset, *model);
    candidate.lane = lane->second;
    candidate.upstream_model = model->upstream_model.empty() ? model->id : model->upstream_model;
    candidate.prices = {model->price.input, model->price.cached_input, model->price.output};
    candidate.extra_body = upstream.extra_body;
    questionnaire.candidates.push_back(std::move(candidate));
  }
  std::unique_ptr<LabelTrip> trip(
      new LabelTrip(std::move(request), std::move(questionnaire), std::move(lanes)));
  trip->currency_ = config.currency;
  trip->missing_key_ = std::move(missing_key);
  return trip;
}

Result<label::Estimate> LabelTrip::estimate(core::CallLedger& ledger) {
  return plan_->estimate(ledger);
}

Status LabelTrip::check_ready() const {
  if (missing_key_) {
    return tl::unexpected(*missing_key_);
  }
  for (const label::Candidate& candidate : questionnaire_.candidates) {
    if (request_.budget && !(candidate.prices.input && candidate.prices.output)) {
      return fail(Code::kInvalidArgument,
                  "--budget: model '{}' has no price to count; expected price: {{input: X, output: "
                  "Y}}, or --models without it",
                  candidate.id);
    }
  }
  return {};
}

Result<LabelResult> LabelTrip::run(store::Store& store,
                                   core::CallLedger& ledger,
                                   base::Progress& progress) {
  data::Dataset collection = request_.dataset;
  collection.outcomes.clear();
  TRY(store.put_dataset(collection));
  std::size_t told = 0;
  plan_->deliver_to(
      [&](std::span<const core::Outcome> outcomes) {
        return store.put_outcomes(request_.dataset, outcomes);
      },
      [&](const llm::RunReport& report) {
        const bool waits = report.stopped != llm::StopReason::kNone && report.in_flight > 0;
        progress.note(money(report.spent, currency_) +
                      (waits ? fmt::format(", stopping: {} calls are under way", report.in_flight)
                             : std::string()));
        progress.advance(report.done + report.failed -
                         std::exchange(told, report.done + report.failed));
      });
  progress.start("label", questionnaire_.cell_count());
  LabelResult result;
  result.run = llm::run_calls(*plan_, ledger, lanes_, {request_.budget, request_.seed});
  progress.finish();
  TRY(plan_->flush());
  if (result.run.error) {
    return tl::unexpected(*result.run.error);
  }
  result.tally = plan_->tally();
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
