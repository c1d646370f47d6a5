// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/trouter/router.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "wend/base/check.h"
#include "wend/base/matrix.h"
#include "wend/routers/trouter/input.h"
#include "wend/routers/trouter/metric_columns.h"
#include "wend/routers/trouter/options.h"
#include "wend/routers/trouter/packed_mlp.h"
#include "wend/routers/trouter/recogniser.h"

namespace wend::routers {
namespace {

constexpr std::size_t kTasksShown = 5;

/// What training knew of each (model, task) cell's quality, and how much.
struct QualityEvidence {
  base::Matrix variance;
  base::Matrix count;

  static base::Result<QualityEvidence> load(const ml::TensorMap& weights,
                                            std::size_t models,
                                            std::size_t tasks) {
    const auto m = static_cast<std::int64_t>(models);
    const auto k = static_cast<std::int64_t>(tasks);
    QualityEvidence evidence = {TRY(weights.matrix("quality_variance", m, k)),
                                TRY(weights.matrix("quality_count", m, k))};
    const auto sound = [](float least) { return [least](float value) { return value >= least; }; };
    if (!std::ranges::all_of(evidence.variance.values(), sound(0.0F)) ||
        !std::ranges::all_of(evidence.count.values(), sound(1.0F))) {
      return base::fail(base::Code::kDataLoss,
                        "expected quality_variance of at least 0 and quality_count of at least 1");
    }
    return evidence;
  }

  /// Standard error of the predicted mean: the posterior-weighted variance of the node over its
  /// count.
  float standard_error(std::size_t model, std::span<const float> posterior) const {
    double sum = 0;
    for (std::size_t t = 0; t < posterior.size(); ++t) {
      sum += static_cast<double>(posterior[t] * variance(model, t) / count(model, t));
    }
    return static_cast<float>(std::sqrt(sum));
  }
};

class TRouter final : public Router {
 public:
  TRouter(RouterManifest manifest,
          MetricColumns columns,
          InputScale input,
          Recogniser recogniser,
          base::Matrix table,
          QualityEvidence evidence)
      : manifest_(std::move(manifest)),
        columns_(std::move(columns)),
        input_(input),
        recogniser_(std::move(recogniser)),
        table_(std::move(table)),
        evidence_(std::move(evidence)) {}

  core::Scores score(const core::Query& query) const override {
    CHECK(query.embedding.size() == recogniser_.inputs(),
          "an embedding of {} for a router of {}",
          query.embedding.size(),
          recogniser_.inputs());
    const std::vector<float> posterior = recogniser_.posterior(network_input(query, input_));
    std::vector<float> expected(table_.rows());
    for (std::size_t j = 0; j < expected.size(); ++j) {
      expected[j] = dot(posterior, table_.row(j));
    }
    core::Scores scores = {columns_.scores(expected, manifest_.normaliser),
                           heaviest_tasks(posterior)};
    for (std::size_t m = 0; m < scores.models.size(); ++m) {
      scores.models[m].quality_sd = evidence_.standard_error(m, posterior);
    }
    return scores;
  }

  const std::vector<core::ModelCard>& models() const override { return manifest_.models; }

  const std::vector<core::TaskName>& tasks() const override { return manifest_.tasks; }

 private:
  RouterManifest manifest_;
  MetricColumns columns_;
  InputScale input_;
  Recogniser recogniser_;
  base::Matrix table_;  ///< g, (metrics x models, tasks).
  QualityEvidence evidence_;
};

}  // namespace

std::vector<core::TaskWeight> heaviest_tasks(std::span<const float> posterior) {
  std::vector<std::size_t> order(posterior.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto shown = static_cast<std::ptrdiff_t>(std::min(kTasksShown, order.size()));
  std::partial_sort(
      order.begin(), order.begin() + shown, order.end(), [&](std::size_t a, std::size_t b) {
        return posterior[a] != posterior[b] ? posterior[a] > posterior[b] : a < b;
      });
  std::vector<core::TaskWeight> tasks;
  for (std::ptrdiff_t i = 0; i < shown; ++i) {
    tasks.push_back(
        {order[static_cast<std::size_t>(i)], posterior[order[static_cast<std::size_t>(i)]]});
  }
  return tasks;
}

base::Result<std::unique_ptr<Router>> load_trouter(const RouterManifest& manifest,
                                                   const ml::TensorMap& weights) {
  const TRouterOptions options = TRY(TRouterOptions::from_json(manifest.config_json));
  const std::size_t models = manifest.models.size();
  const std::size_t tasks = manifest.tasks.size();
  MetricColumns columns = TRY(MetricColumns::load(options.training.metrics, models, weights));
  Recogniser recogniser = TRY(Recogniser::load(weights, options.scorer, options.tau));
  if (recogniser.task_vectors().rows() != tasks) {
    return base::fail(base::Code::kDataLoss,
                      "task_inputs has {} rows; the manifest lists {} tasks",
                      recogniser.task_vectors().rows(),
                      tasks);
  }
  base::Matrix table = TRY(weights.matrix(
      "table", static_cast<std::int64_t>(columns.count()), static_cast<std::int64_t>(tasks)));
  QualityEvidence evidence = TRY(QualityEvidence::load(weights, models, tasks));
  return std::unique_ptr<Router>(std::make_unique<TRouter>(manifest,
                                                           std::move(columns),
                                                           options.training.input,
                                                           std::move(recogniser),
                                                           std::move(table),
                                                           std::move(evidence)));
}

}  // namespace wend::routers
