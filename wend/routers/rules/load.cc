// SPDX-License-Identifier: Apache-2.0
// The rules of algorithms.md 7.1. All of them score every query by the models' train means; they
// differ in which model they pin.
#include "wend/routers/rules/load.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <nlohmann/json.hpp>

#include "wend/base/hash.h"
#include "wend/base/random.h"
#include "wend/routers/model_means.h"
#include "wend/routers/rules/hull.h"

namespace wend::routers {
namespace {

using base::Code;
using nlohmann::json;

/// The train means for every query; pins nothing. As it stands it is best_static.
class MeansRouter : public Router {
 public:
  MeansRouter(const RouterManifest& manifest, ModelMeans means)
      : models_(manifest.models), means_(std::move(means)) {
    scores_.models = means_.scores(manifest.normaliser);
  }

  core::Scores score(const core::Query&) const override { return scores_; }

  const std::vector<core::ModelCard>& models() const override { return models_; }

 protected:
  const ModelMeans& means() const { return means_; }

 private:
  std::vector<core::ModelCard> models_;
  ModelMeans means_;
  core::Scores scores_;
};

class FixedChoiceRouter final : public MeansRouter {
 public:
  FixedChoiceRouter(const RouterManifest& manifest, ModelMeans means, std::size_t model)
      : MeansRouter(manifest, std::move(means)), model_(model) {}

  std::optional<std::size_t> pinned_model(const core::Query&, core::Preference) const override {
    return model_;
  }

 private:
  std::size_t model_;
};

struct Sizes {
  std::size_t smallest;
  std::size_t medium;
  std::size_t largest;
};

class AdaptiveRouter final : public MeansRouter {
 public:
  AdaptiveRouter(const RouterManifest& manifest, ModelMeans means, Sizes sizes)
      : MeansRouter(manifest, std::move(means)), sizes_(sizes) {}

  std::optional<std::size_t> pinned_model(const core::Query&,
                                          core::Preference preference) const override {
    // The named preference nearest to mu: the borders lie halfway between .2, .5 and .8.
    constexpr double kCostFirst = 0.35;
    constexpr double kQualityFirst = 0.65;
    if (preference.mu < kCostFirst) {
      return sizes_.smallest;
    }
    return preference.mu <= kQualityFirst ? sizes_.medium : sizes_.largest;
  }

 private:
  Sizes sizes_;
};

class RandomRouter final : public MeansRouter {
 public:
  RandomRouter(const RouterManifest& manifest, ModelMeans means, std::uint64_t seed)
      : MeansRouter(manifest, std::move(means)), seed_(base::stage_seed(seed, "random_router")) {}

  std::optional<std::size_t> pinned_model(const core::Query& query,
                                          core::Preference) const override {
    // By the text, so that eval and route draw alike; by the row where a caller has no text.
    const std::uint64_t key = query.text.empty() && query.row
                                  ? *query.row
                                  : base::first_64_bits(base::sha256(query.text));
    return static_cast<std::size_t>(base::Random(seed_ ^ key).below(models().size()));
  }

 private:
  std::uint64_t seed_;
};

class ZeroRouter final : public MeansRouter {
 public:
  ZeroRouter(const RouterManifest& manifest, ModelMeans means)
      : MeansRouter(manifest, std::move(means)), hull_(upper_hull(this->means())) {}

  std::optional<std::size_t> pinned_model(const core::Query&,
                                          core::Preference preference) const override {
    std::optional<std::size_t> best;
    double best_utility = 0;
    for (const std::size_t model : hull_) {  // From the cheapest: ties go to the lower cost.
      const double utility = core::utility(preference,
                                           static_cast<double>(means().quality[model]),
                                           static_cast<double>(means().cost_normalised[model]));
      if (!best || utility > best_utility) {
        best = model;
        best_utility = utility;
      }
    }
    return best;
  }

 private:
  std::vector<std::size_t> hull_;
};

/// The index of the model whose id the config holds under `key`.
base::Result<std::size_t> model_of(const RouterManifest& manifest, const char* key) {
  const json config = json::parse(manifest.config_json, nullptr, false);
  const std::string id = config.is_object() && config.contains(key) && config[key].is_string()
                             ? config[key].get<std::string>()
                             : std::string();
  for (std::size_t model = 0; model < manifest.models.size(); ++model) {
    if (manifest.models[model].id == id) {
      return model;
    }
  }
  return base::fail(
      Code::kDataLoss, "manifest.json: config: expected '{}' to be a model's id", key);
}

base::Result<ModelMeans> load_means(const RouterManifest& manifest, const ml::TensorMap& weights) {
  return ModelMeans::load(weights, manifest.models.size());
}

}  // namespace

base::Result<std::unique_ptr<Router>> load_fixed_choice(const RouterManifest& manifest,
                                                        const ml::TensorMap& weights) {
  const std::size_t model = TRY(model_of(manifest, "model"));
  return std::make_unique<FixedChoiceRouter>(manifest, TRY(load_means(manifest, weights)), model);
}

base::Result<std::unique_ptr<Router>> load_adaptive(const RouterManifest& manifest,
                                                    const ml::TensorMap& weights) {
  const Sizes sizes{TRY(model_of(manifest, "smallest")),
                    TRY(model_of(manifest, "medium")),
                    TRY(model_of(manifest, "largest"))};
  return std::make_unique<AdaptiveRouter>(manifest, TRY(load_means(manifest, weights)), sizes);
}

base::Result<std::unique_ptr<Router>> load_random(const RouterManifest& manifest,
                                                  const ml::TensorMap& weights) {
  const json config = json::parse(manifest.config_json, nullptr, false);
  if (!config.is_object() || !config.contains("seed") || !config["seed"].is_number_unsigned()) {
    return base::fail(Code::kDataLoss, "manifest.json: config: expected a number 'seed'");
  }
  return std::make_unique<RandomRouter>(
      manifest, TRY(load_means(manifest, weights)), config["seed"].get<std::uint64_t>());
}

base::Result<std::unique_ptr<Router>> load_best_static(const RouterManifest& manifest,
                                                       const ml::TensorMap& weights) {
  return std::make_unique<MeansRouter>(manifest, TRY(load_means(manifest, weights)));
}

base::Result<std::unique_ptr<Router>> load_zero(const RouterManifest& manifest,
                                                const ml::TensorMap& weights) {
  return std::make_unique<ZeroRouter>(manifest, TRY(load_means(manifest, weights)));
}

}  // namespace wend::routers
