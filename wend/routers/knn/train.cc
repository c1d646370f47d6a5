// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/knn/train.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "wend/base/parallel.h"
#include "wend/ml/neighbours.h"
#include "wend/routers/knn/neighbour_means.h"
#include "wend/routers/knn/options.h"
#include "wend/routers/model_means.h"
#include "wend/routers/validation.h"

namespace wend::routers {
namespace {

// From the safest on, so that a tie keeps it.
constexpr std::array<std::size_t, 10> kNumbers = {200, 160, 100, 80, 40, 20, 10, 5, 2, 1};
constexpr std::array<double, 5> kTemperatures = {
    std::numeric_limits<double>::infinity(), 0.2, 0.1, 0.05, 0.02};

/// The options to try: one where the SPEC gives both.
std::vector<KnnOptions> candidates(const KnnOptions& given, std::size_t train_rows) {
  std::vector<std::size_t> numbers;
  if (given.k > 0) {
    numbers.push_back(std::min(given.k, train_rows));
  } else {
    std::copy_if(kNumbers.begin(), kNumbers.end(), std::back_inserter(numbers), [&](std::size_t k) {
      return k <= train_rows;
    });
  }
  std::vector<double> temperatures(kTemperatures.begin(), kTemperatures.end());
  if (given.temperature > 0) {
    temperatures = {given.temperature};
  }
  std::vector<KnnOptions> options;
  for (const std::size_t k : numbers) {
    for (const double temperature : temperatures) {
      options.push_back({k, temperature});
    }
  }
  return options;
}

/// What the choice of options is made from.
struct Trial {
  const data::TrainingSet& set;
  const ModelMeans& means;
  const ml::Tensor& quality;
  const ml::Tensor& cost;
  std::vector<ml::Neighbours>
      neighbours;  ///< Of each validation row, as many as any candidate asks for.
};

double validation_utility(const Trial& trial, const KnnOptions& options) {
  const std::size_t rows = trial.set.validation.size();
  const std::size_t models = trial.set.models.size();
  base::Matrix quality(rows, models);
  base::Matrix cost(rows, models);
  for (std::size_t row = 0; row < rows; ++row) {
    const std::span<const ml::Neighbour> found(trial.neighbours[row]);
    const auto nearest = found.first(std::min(options.k, found.size()));
    const std::vector<double> weights = neighbour_weights(nearest, options.temperature);
    for (std::size_t model = 0; model < models; ++model) {
      const float q = neighbour_mean(nearest, weights, trial.quality, model).mean;
      const float c = neighbour_mean(nearest, weights, trial.cost, model).mean;
      quality(row, model) = std::isnan(q) ? trial.means.quality[model] : q;
      cost(row, model) = std::isnan(c) ? trial.means.cost_normalised[model] : c;
    }
  }
  return utility_sum(quality, cost, trial.set.validation);
}

struct Choice {
  KnnOptions options;
  double utility_sum;
};

Choice choose(const Trial& trial, const std::vector<KnnOptions>& options, std::size_t threads) {
  std::vector<double> utilities(options.size());
  base::parallel_for(options.size(), threads, [&](std::size_t i, std::size_t) {
    utilities[i] = validation_utility(trial, options[i]);
  });
  const auto best = std::max_element(utilities.begin(), utilities.end());
  return {options[static_cast<std::size_t>(best - utilities.begin())], *best};
}

}  // namespace

base::Result<TrainedRouter> train_knn(const RouterSpec& spec, const TrainContext& context) {
  const KnnOptions given = TRY(KnnOptions::parse(spec));
  const data::TrainingSet& set = context.set;
  const ModelMeans means = ModelMeans::of(set.train);
  TRY(means.check_choosable());

  TrainedRouter trained;
  const auto vectors = ml::Tensor::from_matrix(set.train.embeddings.unit);
  const auto quality = ml::Tensor::from_matrix(set.train.quality);
  const auto cost = ml::Tensor::from_matrix(set.train.cost_normalised);
  const std::vector<KnnOptions> options = candidates(given, set.train.size());
  Trial trial{set, means, quality, cost, {}};
  trial.neighbours = ml::ExactNeighbours(vectors).nearest(
      set.validation.embeddings.unit, options.front().k, context.threads);
  const Choice choice = choose(trial, options, context.threads);

  trained.weights.put("train_vectors", vectors);
  trained.weights.put("train_quality", quality);
  trained.weights.put("train_cost", cost);
  if (!set.train.latency_s.empty()) {
    trained.weights.put("train_latency", ml::Tensor::from_matrix(set.train.latency_s));
  }
  means.store(trained.weights);
  trained.config_json = choice.options.to_json();
  trained.report.validation_utility_sum = choice.utility_sum;
  return trained;
}

}  // namespace wend::routers
