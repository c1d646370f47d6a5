// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/knn/router.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "wend/ml/neighbours.h"
#include "wend/routers/knn/neighbour_means.h"
#include "wend/routers/knn/options.h"
#include "wend/routers/model_means.h"

namespace wend::routers {
namespace {

using base::Code;

/// What became of the train rows, each (n, models).
struct TrainCells {
  ml::Tensor quality;
  ml::Tensor cost;
  std::optional<ml::Tensor> latency;
};

float known_or(float value, float otherwise) {
  return std::isnan(value) ? otherwise : value;
}

class KnnRouter final : public Router {
 public:
  KnnRouter(const RouterManifest& manifest,
            KnnOptions options,
            ml::ExactNeighbours index,
            TrainCells cells,
            ModelMeans means)
      : models_(manifest.models),
        normaliser_(manifest.normaliser),
        options_(options),
        index_(std::move(index)),
        cells_(std::move(cells)),
        means_(std::move(means)) {}

  core::Scores score(const core::Query& query) const override {
    const ml::Neighbours neighbours = index_.nearest(query.embedding, options_.k);
    const std::vector<double> weights = neighbour_weights(neighbours, options_.temperature);
    core::Scores scores;
    scores.models.reserve(models_.size());
    for (std::size_t model = 0; model < models_.size(); ++model) {
      const auto mean_of = [&](const ml::Tensor& cells) {
        return neighbour_mean(neighbours, weights, cells, model);
      };
      const NeighbourMean quality = mean_of(cells_.quality);
      Prediction prediction{
          known_or(quality.mean, means_.quality[model]),
          std::isnan(quality.mean) ? means_.quality_sd[model] : quality.standard_error,
          known_or(mean_of(cells_.cost).mean, means_.cost_normalised[model]),
          means_.latency_s[model]};
      if (cells_.latency) {
        prediction.latency_s = known_or(mean_of(*cells_.latency).mean, prediction.latency_s);
      }
      scores.models.push_back(to_score(prediction, normaliser_));
    }
    return scores;
  }

  const std::vector<core::ModelCard>& models() const override { return models_; }

 private:
  std::vector<core::ModelCard> models_;
  data::Normaliser normaliser_;
  KnnOptions options_;
  ml::ExactNeighbours index_;
  TrainCells cells_;
  ModelMeans means_;
};

bool all_finite(std::span<const float> values) {
  return std::all_of(
      values.begin(), values.end(), [](float value) { return std::isfinite(value); });
}

}  // namespace

base::Result<std::unique_ptr<Router>> load_knn(const RouterManifest& manifest,
                                               const ml::TensorMap& weights) {
  const KnnOptions options = TRY(KnnOptions::from_json(manifest.config_json));
  const ml::Tensor vectors = TRY(weights.get("train_vectors", {-1, -1}));
  if (!all_finite(vectors.values())) {
    return base::fail(Code::kDataLoss, "tensor 'train_vectors' holds what is no number");
  }
  const std::int64_t rows = vectors.shape()[0];
  const auto models = static_cast<std::int64_t>(manifest.models.size());
  TrainCells cells{TRY(weights.get("train_quality", {rows, models})),
                   TRY(weights.get("train_cost", {rows, models})),
                   std::nullopt};
  if (weights.has("train_latency")) {
    cells.latency = TRY(weights.get("train_latency", {rows, models}));
  }
  ModelMeans means = TRY(ModelMeans::load(weights, manifest.models.size()));
  return std::make_unique<KnnRouter>(
      manifest, options, ml::ExactNeighbours(vectors), std::move(cells), std::move(means));
}

}  // namespace wend::routers
