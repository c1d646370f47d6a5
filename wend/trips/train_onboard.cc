// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/train_onboard.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include <nlohmann/json.hpp>

#include "wend/base/hash.h"
#include "wend/label/match_answer.h"
#include "wend/routers/factory.h"
#include "wend/routers/trouter/input.h"
#include "wend/routers/trouter/train_new_model.h"
#include "wend/trips/answer.h"
#include "wend/trips/manifest.h"
#include "wend/trips/probes.h"

namespace wend::trips {

using base::Code;
using base::fail;
using base::Result;
using base::Status;
using nlohmann::ordered_json;

namespace {

constexpr std::size_t kFewestScored = 5;

/// The rows of the table that the artifact learnt from and stopped by.
struct KnownRows {
  std::vector<std::uint32_t> train;
  std::vector<std::uint32_t> validation;
};

KnownRows known_rows(const ml::Artifact& artifact, const data::OutcomeTable& table) {
  const ordered_json queries = ordered_json::parse(artifact.manifest_json).at("queries");
  std::map<std::string, std::vector<std::uint32_t>> rows;
  for (std::uint32_t row = 0; row < table.normalised_texts.size(); ++row) {
    rows[base::sha256_hex(table.normalised_texts[row])].push_back(row);
  }
  const auto rows_of = [&](const char* part) {
    std::vector<std::uint32_t> known;
    for (const ordered_json& hash : queries.at(part)) {
      if (const auto found = rows.find(hash.get<std::string>()); found != rows.end()) {
        known.push_back(found->second.front());
      }
    }
    return known;
  };
  return {rows_of("train"), rows_of("validation")};
}

core::Query query_of(const PreparedData& prepared, std::uint32_t row) {
  return {prepared.routing_texts[row],
          prepared.embeddings.unit.row(row),
          prepared.embeddings.norms[row]};
}

/// The place in the data set of each query of the table.
std::map<std::string, std::uint32_t> places_by_id(const data::Dataset& dataset) {
  std::map<std::string, std::uint32_t> places;
  for (std::uint32_t i = 0; i < dataset.queries.size(); ++i) {
    places.emplace(dataset.queries[i].id, i);
  }
  return places;
}

/// The train queries whose answers can be scored, each with the task type it is most of.
Result<std::vector<ProbeCandidate>> candidates(const UpkeepArtifact& before,
                                               const data::Dataset& dataset,
                                               const PreparedData& prepared) {
  const auto router = TRY(routers::load_router(before.artifact));
  const auto places = places_by_id(dataset);
  std::vector<ProbeCandidate> found;
  for (const std::uint32_t row : known_rows(before.artifact, prepared.table).train) {
    const core::QueryRecord& query = prepared.table.queries[row];
    if (label::check_scorable(query)) {
      found.push_back(
          {places.at(query.id), router->score(query_of(prepared, row)).tasks.front().task});
    }
  }
  if (found.empty()) {
    return fail(Code::kFailedPrecondition,
                "'{}' has no query that the artifact was trained on and that can be scored; "
                "expected the collection it was trained on, with references and metrics",
                dataset.name);
  }
  return found;
}

Status check_fits(const UpkeepArtifact& before,
                  const OnboardRequest& request,
                  const PreparedData& prepared,
                  const Config& config) {
  if (before.find_model(request.model)) {
    return fail(Code::kAlreadyExists,
                "the artifact has the model '{}' already; train anew to judge it anew",
                request.model);
  }
  const auto configured = std::ranges::find(config.models, request.model, &ModelConfig::id);
  const bool priced =
      configured != config.models.end() && configured->price.input && configured->price.output;
  const bool has_cost = before.table.columns.row(routers::Metric::kCost, 0).has_value();
  if (has_cost && configured != config.models.end() && !priced) {
    return fail(Code::kInvalidArgument,
                "the artifact weighs cost, and model '{}' has no price; expected price: {{input: "
                "X, output: Y}}",
                request.model);
  }
  if (has_cost && !before.manifest.normaliser.invertible()) {
    return fail(Code::kFailedPrecondition,
                "the artifact's normaliser has a scale for each group of its data; train with "
                "--normaliser reference to add models");
  }
  const Manifest manifest = TRY(parse_manifest(before.artifact.manifest_json));
  return manifest.encoder_sha256 == prepared.encoder_sha256
             ? Status()
             : fail(Code::kFailedPrecondition,
                    "the artifact was trained on another encoder; set encoder.path to it");
}

/// What the new model did, on queries of the table.
struct Observed {
  std::vector<std::uint32_t> rows;
  std::vector<Answer> answers;
  std::vector<double> input_tokens;
  std::vector<double> output_tokens;
};

Observed observe(const data::Dataset& probes,
                 const std::string& model,
                 const data::OutcomeTable& table) {
  std::map<std::string, std::uint32_t> rows;
  for (std::uint32_t row = 0; row < table.queries.size(); ++row) {
    rows.emplace(table.queries[row].id, row);
  }
  Observed observed;
  std::map<std::uint32_t, Answer> answers;
  for (const core::Outcome& outcome : probes.outcomes) {
    const auto row = rows.find(probes.queries[outcome.query].id);
    if (probes.models[outcome.model].id != model || !outcome.quality || row == rows.end()) {
      continue;
    }
    answers[row->second].add(outcome);
    if (outcome.input_tokens && outcome.output_tokens) {
      observed.input_tokens.push_back(*outcome.input_tokens);
      observed.output_tokens.push_back(*outcome.output_tokens);
    }
  }
  for (const auto& [row, answer] : answers) {
    observed.rows.push_back(row);
    observed.answers.push_back(answer);
  }
  return observed;
}

Result<base::Matrix> metric_matrix(const UpkeepArtifact& before,
                                   const routers::TRouterOptions& options,
                                   const Observed& observed) {
  const auto metrics = TRY(routers::parse_metrics(options.training.metrics, {true, true}));
  const auto scale = TRY(before.artifact.weights.vector("latency_scale", 1));
  base::Matrix values(observed.rows.size(), metrics.size());
  for (std::size_t i = 0; i < values.rows(); ++i) {
    for (std::size_t h = 0; h < metrics.size(); ++h) {
      values(i, h) =
          observed.answers[i].value(metrics[h], before.manifest.normaliser, scale.front());
    }
  }
  return values;
}

ordered_json mean_or_null(const std::vector<double>& values) {
  return values.empty() ? ordered_json(nullptr) : ordered_json(base::mean(values));
}

/// The new model's entry in the manifest.
ordered_json card_json(const data::Dataset& probes,
                       const std::string& model,
                       const Observed& observed) {
  const auto card = std::ranges::find(probes.models, model, &core::ModelCard::id);
  const auto number = [](std::optional<double> value) {
    return value ? ordered_json(*value) : ordered_json(nullptr);
  };
  return {{"id", model},
          {"params_b", number(card->params_b)},
          {"input_price_per_mtok", number(card->input_price_per_mtok)},
          {"output_price_per_mtok", number(card->output_price_per_mtok)},
          {"mean_input_tokens", mean_or_null(observed.input_tokens)},
          {"mean_output_tokens", mean_or_null(observed.output_tokens)}};
}

/// The old models' cells of the rows, in the artifact's order; NaN where the table has none.
struct Truth {
  base::Matrix quality;
  base::Matrix cost_normalised;
};

Truth truth_of(const UpkeepArtifact& before,
               const data::OutcomeTable& table,
               const std::vector<std::uint32_t>& rows) {
  const std::size_t models = before.manifest.models.size();
  Truth truth{base::Matrix(rows.size(), models), base::Matrix(rows.size(), models)};
  for (std::size_t m = 0; m < models; ++m) {
    const auto card =
        std::ranges::find(table.models, before.manifest.models[m].id, &core::ModelCard::id);
    const auto column = static_cast<std::size_t>(card - table.models.begin());
    const bool is_known = card != table.models.end();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      truth.quality(i, m) = is_known ? table.quality(rows[i], column) : std::nanf("");
      truth.cost_normalised(i, m) = is_known && table.has_costs()
                                        ? static_cast<float>(before.manifest.normaliser.normalise(
                                              table.cost(rows[i], column)))
                                        : std::nanf("");
    }
  }
  return truth;
}

Result<std::vector<PreferenceGain>> gains_of(const OnboardRequest& request,
                                             const UpkeepArtifact& before,
                                             const ml::Artifact& after,
                                             const PreparedData& prepared,
                                             const Observed& observed) {
  const auto router = TRY(routers::load_router(after));
  const std::vector<std::uint32_t> rows = known_rows(before.artifact, prepared.table).validation;
  std::vector<PreferenceGain> gains;
  if (rows.empty()) {
    return gains;
  }
  std::vector<core::Scores> scores;
  scores.reserve(rows.size());
  for (const std::uint32_t row : rows) {
    scores.push_back(router->score(query_of(prepared, row)));
  }
  std::vector<double> residuals;
  for (std::size_t i = 0; i < observed.rows.size(); ++i) {
    const core::Scores expected = router->score(query_of(prepared, observed.rows[i]));
    const Answer& answer = observed.answers[i];
    residuals.push_back(answer.quality / answer.draws -
                        static_cast<double>(expected.models.back().quality));
  }
  const Truth truth = truth_of(before, prepared.table, rows);
  const GainInputs inputs{
      router->models(), scores, truth.quality, truth.cost_normalised, residuals, request.seed};
  for (const char* name : {"cost", "balanced", "quality"}) {
    const core::Preference preference = TRY(core::parse_preference(name));
    gains.push_back({name, preference, TRY(expected_gain(inputs, preference))});
  }
  return gains;
}

}  // namespace

Result<std::unique_ptr<OnboardTrip>> OnboardTrip::prepare(OnboardRequest request,
                                                          const ml::Artifact& artifact,
                                                          const data::Dataset& dataset,
                                                          PreparedData prepared,
                                                          const Config& config) {
  UpkeepArtifact before = TRY(UpkeepArtifact::open(artifact));
  TRY(check_fits(before, request, prepared, config));
  const std::vector<ProbeCandidate> eligible = TRY(candidates(before, dataset, prepared));
  const std::vector<std::uint32_t> chosen = choose_probes(eligible, request.probes, request.seed);
  LabelRequest label;
  label.dataset =
      probe_collection(dataset, chosen, fmt::format("{}-probes-{}", dataset.name, request.model));
  label.models = {request.model};
  label.budget = request.budget;
  label.seed = request.seed;
  std::unique_ptr<OnboardTrip> trip(
      new OnboardTrip(std::move(request), std::move(before), std::move(prepared)));
  trip->label_ = TRY(LabelTrip::prepare(std::move(label), config));
  return trip;
}

Result<OnboardReport> OnboardTrip::learn(store::Store& store) const {
  const data::Dataset probes = TRY(store.load_dataset(label_->dataset().name));
  const Observed observed = observe(probes, request_.model, prepared_.table);
  if (observed.rows.size() < kFewestScored) {
    return fail(Code::kFailedPrecondition,
                "only {} of {} probes have a quality; expected at least {}",
                observed.rows.size(),
                label_->dataset().queries.size(),
                kFewestScored);
  }
  const auto options = TRY(routers::TRouterOptions::from_json(before_.manifest.config_json));
  const base::Matrix metrics = TRY(metric_matrix(before_, options, observed));
  const base::Matrix inputs =
      routers::network_inputs(prepared_.embeddings.rows(observed.rows), options.training.input);
  ml::Artifact changed;
  changed.weights = TRY(routers::add_model(before_.manifest,
                                           before_.artifact.weights,
                                           {inputs, metrics, request_.seed, request_.threads}));
  ordered_json manifest = ordered_json::parse(before_.artifact.manifest_json);
  manifest["models"].push_back(card_json(probes, request_.model, observed));
  changed.manifest_json = manifest.dump();
  const ordered_json step = {{"verb", "models add"},
                             {"model", request_.model},
                             {"probes", observed.rows.size()},
                             {"seed", request_.seed}};
  OnboardReport report;
  report.upkept = TRY(sealed(before_, std::move(changed), step.dump()));
  report.scored = observed.rows.size();
  report.validation = known_rows(before_.artifact, prepared_.table).validation.size();
  report.gains = TRY(gains_of(request_, before_, report.upkept.artifact, prepared_, observed));
  return report;
}

}  // namespace wend::trips
