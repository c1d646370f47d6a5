// SPDX-License-Identifier: Apache-2.0
// A classifier without training: p(t | q) is a softmax over the cosines of query and task text, or
// all on the nearest. Then the forecast of a model is its mean outcome per task under p, or, in
// mode `weighted`, a kernel regression inside the nearest task: the mean of its examples' outcomes,
// weighted by exp(cosine / tau) (algorithms.md 2.8, TRouter's released code).
#include "wend/routers/agentic/router.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "wend/base/matrix.h"
#include "wend/ml/neighbours.h"
#include "wend/routers/agentic/options.h"
#include "wend/routers/model_means.h"
#include "wend/routers/trouter/router.h"

namespace wend::routers {
namespace {

using base::Code;

/// cosines -> exp((cosine - largest) / tau), summing to 1.
std::vector<float> softmax(std::span<const float> cosines, double tau) {
  const float largest = *std::max_element(cosines.begin(), cosines.end());
  std::vector<float> weights;
  double sum = 0;
  for (const float cosine : cosines) {
    const double weight = std::exp(static_cast<double>(cosine - largest) / tau);
    weights.push_back(static_cast<float>(weight));
    sum += weight;
  }
  for (float& weight : weights) {
    weight = static_cast<float>(static_cast<double>(weight) / sum);
  }
  return weights;
}

std::vector<float> cosines_to(const base::Matrix& vectors,
                              std::size_t begin,
                              std::size_t end,
                              std::span<const float> query) {
  std::vector<float> cosines;
  for (std::size_t i = begin; i < end; ++i) {
    cosines.push_back(ml::inner_product(vectors.row(i), query));
  }
  return cosines;
}

/// The weighted mean of a column's present cells, or `otherwise` where there is none.
float mean_of(const base::Matrix& cells,
              std::size_t begin,
              std::size_t column,
              std::span<const float> weights,
              float otherwise) {
  double sum = 0;
  double weight = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (const float cell = cells(begin + i, column); !std::isnan(cell)) {
      sum += static_cast<double>(weights[i] * cell);
      weight += static_cast<double>(weights[i]);
    }
  }
  return weight > 0 ? static_cast<float>(sum / weight) : otherwise;
}

/// The examples of every task, for mode `weighted`.
struct Examples {
  base::Matrix vectors;
  base::Matrix quality;
  base::Matrix cost;
  std::vector<std::size_t> begin;  ///< Of each task, and the end of the last.

  static base::Result<Examples> load(const ml::TensorMap& weights,
                                     std::size_t tasks,
                                     std::size_t models) {
    Examples examples;
    examples.vectors = TRY(weights.matrix("train_vectors"));
    const auto rows = static_cast<std::int64_t>(examples.vectors.rows());
    const auto m = static_cast<std::int64_t>(models);
    examples.quality = TRY(weights.matrix("train_quality", rows, m));
    examples.cost = TRY(weights.matrix("train_cost", rows, m));
    const auto begin = TRY(weights.vector("task_begin", static_cast<std::int64_t>(tasks) + 1));
    for (const float place : begin) {
      const bool in_order =
          place >= (examples.begin.empty() ? 0.0F : static_cast<float>(examples.begin.back()));
      if (!in_order || !(place <= static_cast<float>(rows))) {
        return base::fail(Code::kDataLoss,
                          "tensor 'task_begin': expected rows of 'train_vectors' in order");
      }
      examples.begin.push_back(static_cast<std::size_t>(place));
    }
    return examples;
  }
};

class PrototypeRouter final : public Router {
 public:
  PrototypeRouter(RouterManifest manifest,
                  PrototypeOptions options,
                  base::Matrix task_vectors,
                  ModelMeans means)
      : manifest_(std::move(manifest)),
        options_(std::move(options)),
        task_vectors_(std::move(task_vectors)),
        means_(std::move(means)) {}

  base::Status load(const ml::TensorMap& weights) {
    const auto tasks = static_cast<std::int64_t>(task_vectors_.rows());
    const auto models = static_cast<std::int64_t>(means_.size());
    quality_ = TRY(weights.matrix("task_quality", tasks, models));
    cost_ = TRY(weights.matrix("task_cost", tasks, models));
    if (options_.mode == Forecast::kWeighted) {
      examples_ = TRY(Examples::load(weights, task_vectors_.rows(), means_.size()));
    }
    return {};
  }

  core::Scores score(const core::Query& query) const override {
    const std::vector<float> belief = belief_in_tasks(query.embedding);
    core::Scores scores;
    scores.tasks = heaviest_tasks(belief);
    const std::size_t nearest = scores.tasks.front().task;
    for (std::size_t model = 0; model < means_.size(); ++model) {
      Prediction prediction{mean_of(quality_, 0, model, belief, means_.quality[model]),
                            std::nanf(""),
                            mean_of(cost_, 0, model, belief, means_.cost_normalised[model]),
                            means_.latency_s[model]};
      if (options_.mode == Forecast::kWeighted) {
        by_examples(nearest, query.embedding, model, prediction);
      }
      scores.models.push_back(to_score(prediction, manifest_.normaliser));
    }
    return scores;
  }

  const std::vector<core::ModelCard>& models() const override { return manifest_.models; }

  const std::vector<core::TaskName>& tasks() const override { return manifest_.tasks; }

  std::vector<float> task_posterior(const core::Query& query) const override {
    return belief_in_tasks(query.embedding);
  }

 private:
  std::vector<float> belief_in_tasks(std::span<const float> query) const {
    const std::vector<float> cosines = cosines_to(task_vectors_, 0, task_vectors_.rows(), query);
    if (options_.ptq == TaskBelief::kSoft) {
      return softmax(cosines, options_.tau);
    }
    std::vector<float> belief(cosines.size(), 0.0F);
    const auto nearest = std::max_element(cosines.begin(), cosines.end());
    belief[static_cast<std::size_t>(nearest - cosines.begin())] = 1.0F;
    return belief;
  }

  void by_examples(std::size_t task,
                   std::span<const float> query,
                   std::size_t model,
                   Prediction& prediction) const {
    const std::size_t begin = examples_.begin[task];
    const std::size_t end = examples_.begin[task + 1];
    if (begin == end) {
      return;
    }
    const std::vector<float> weights =
        softmax(cosines_to(examples_.vectors, begin, end, query), options_.tau);
    prediction.quality = mean_of(examples_.quality, begin, model, weights, prediction.quality);
    prediction.cost_normalised =
        mean_of(examples_.cost, begin, model, weights, prediction.cost_normalised);
  }

  RouterManifest manifest_;
  PrototypeOptions options_;
  base::Matrix task_vectors_;
  base::Matrix quality_;  ///< (tasks, models); NaN where nothing is known.
  base::Matrix cost_;
  ModelMeans means_;
  Examples examples_;
};

}  // namespace

base::Result<std::unique_ptr<Router>> load_agentic_free(const RouterManifest& manifest,
                                                        const ml::TensorMap& weights) {
  PrototypeOptions options = TRY(PrototypeOptions::from_json(manifest.config_json));
  base::Matrix task_vectors = TRY(weights.matrix("task_vectors"));
  if (task_vectors.rows() != manifest.tasks.size() || task_vectors.rows() == 0) {
    return base::fail(Code::kDataLoss,
                      "tensor 'task_vectors' has {} rows; the manifest lists {} tasks",
                      task_vectors.rows(),
                      manifest.tasks.size());
  }
  ModelMeans means = TRY(ModelMeans::load(weights, manifest.models.size()));
  auto router = std::make_unique<PrototypeRouter>(
      manifest, std::move(options), std::move(task_vectors), std::move(means));
  TRY(router->load(weights));
  return std::unique_ptr<Router>(std::move(router));
}

}  // namespace wend::routers
