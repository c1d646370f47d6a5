// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "wend/base/hash.h"
#include "wend/ml/safetensors.h"
#include "wend/trips/train_fold.h"

namespace wend::trips {
namespace {

using nlohmann::ordered_json;

ordered_json number_or_null(std::optional<double> value) {
  return value && std::isfinite(*value) ? ordered_json(*value) : ordered_json(nullptr);
}

ordered_json models_json(const data::TrainingSet& set) {
  ordered_json models = ordered_json::array();
  for (std::size_t m = 0; m < set.models.size(); ++m) {
    const core::ModelCard& card = set.models[m];
    models.push_back({{"id", card.id},
                      {"params_b", number_or_null(card.params_b)},
                      {"input_price_per_mtok", number_or_null(card.input_price_per_mtok)},
                      {"output_price_per_mtok", number_or_null(card.output_price_per_mtok)},
                      {"mean_input_tokens", number_or_null(set.mean_input_tokens[m])},
                      {"mean_output_tokens", number_or_null(set.mean_output_tokens[m])}});
  }
  return models;
}

ordered_json report_json(const routers::TrainingReport& report) {
  return {{"epochs", report.epochs},
          {"best_epoch", report.best_epoch},
          {"validation_utility_sum", report.validation_utility_sum},
          {"parameters", report.parameters}};
}

ordered_json tasks_json(const std::vector<core::TaskName>& tasks) {
  ordered_json list = ordered_json::array();
  for (const core::TaskName& task : tasks) {
    list.push_back({{"id", task.id}, {"name", task.name}});
  }
  return list;
}

/// "trouter-9f3c0a5b12d4": the router's name and what its weights, options and encoder hash to.
std::string artifact_id(const FitRequest& request, const routers::TrainedRouter& trained) {
  base::Sha256 hash;
  hash.update(ml::to_safetensors(trained.weights))
      .update(trained.config_json)
      .update(tasks_json(trained.tasks).dump())
      .update(request.fold.fold.normaliser.to_json())
      .update(request.prepared.encoder_sha256);
  return request.spec.name + "-" + base::to_hex(hash.finish()).substr(0, 12);
}

}  // namespace

std::string data_sha256(const PreparedData& prepared, const eval::Fold& fold) {
  std::vector<std::uint32_t> rows = fold.split.train;
  rows.insert(rows.end(), fold.split.validation.begin(), fold.split.validation.end());
  std::ranges::sort(rows);
  return data::content_sha256(prepared.table, rows);
}

std::string make_manifest(const FitRequest& request, const routers::TrainedRouter& trained) {
  const data::TrainingSet& set = request.fold.set;
  ordered_json manifest;
  manifest["format_version"] = ml::kArtifactFormatVersion;
  manifest["id"] = artifact_id(request, trained);
  manifest["router"] = request.spec.name;
  manifest["spec"] = request.spec.text;
  manifest["encoder"] = {{"sha256", request.prepared.encoder_sha256},
                         {"max_tokens", kRoutingTokens},
                         {"text", "routing_text"}};
  manifest["dataset"] = request.prepared.table.dataset;
  manifest["pool"] = request.prepared.table.pool;
  manifest["models"] = models_json(set);
  manifest["normaliser"] = ordered_json::parse(request.fold.fold.normaliser.to_json());
  manifest["seed"] = request.fold.fold.seed;
  manifest["data_sha256"] = data_sha256(request.prepared, request.fold.fold);
  manifest["config"] = ordered_json::parse(trained.config_json);
  manifest["tasks"] = tasks_json(trained.tasks);
  if (!trained.tasks.empty()) {
    manifest["taxonomy"] = ordered_json::parse(set.taxonomy.to_json());
  }
  manifest["metrics"] = report_json(trained.report);
  manifest["queries"] = {{"train", set.train.text_sha256},
                         {"validation", set.validation.text_sha256}};
  return manifest.dump(1);
}

}  // namespace wend::trips
