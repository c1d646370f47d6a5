// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/ridge/router.h"

#include <cmath>
#include <utility>

#include "wend/routers/model_means.h"
#include "wend/routers/ridge/regression.h"

namespace wend::routers {
namespace {

class RidgeRouter final : public Router {
 public:
  RidgeRouter(const RouterManifest& manifest, LinearMap map, ModelMeans means)
      : models_(manifest.models),
        normaliser_(manifest.normaliser),
        map_(std::move(map)),
        means_(std::move(means)) {}

  core::Scores score(const core::Query& query) const override {
    core::Scores scores;
    scores.models.reserve(models_.size());
    for (std::size_t model = 0; model < models_.size(); ++model) {
      scores.models.push_back(to_score({map_.predict(query.embedding, model),
                                        std::nanf(""),
                                        map_.predict(query.embedding, models_.size() + model),
                                        means_.latency_s[model]},
                                       normaliser_));
    }
    return scores;
  }

  const std::vector<core::ModelCard>& models() const override { return models_; }

 private:
  std::vector<core::ModelCard> models_;
  data::Normaliser normaliser_;
  LinearMap map_;
  ModelMeans means_;
};

}  // namespace

base::Result<std::unique_ptr<Router>> load_ridge(const RouterManifest& manifest,
                                                 const ml::TensorMap& weights) {
  const auto columns = static_cast<std::int64_t>(2 * manifest.models.size());
  LinearMap map{TRY(weights.matrix("weights", columns, -1)),
                TRY(weights.vector("intercept", columns))};
  ModelMeans means = TRY(ModelMeans::load(weights, manifest.models.size()));
  return std::make_unique<RidgeRouter>(manifest, std::move(map), std::move(means));
}

}  // namespace wend::routers
