// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/finerouter/router.h"

#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "wend/base/check.h"
#include "wend/routers/finerouter/mix.h"
#include "wend/routers/finerouter/options.h"
#include "wend/routers/finerouter/quality_moe.h"
#include "wend/routers/finerouter/task_classifier.h"
#include "wend/routers/finerouter/task_tables.h"
#include "wend/routers/model_means.h"
#include "wend/routers/trouter/input.h"
#include "wend/routers/trouter/packed_mlp.h"
#include "wend/routers/trouter/router.h"

namespace wend::routers {
namespace {

constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();

struct TaskStage {
  TaskClassifier classifier;
  TaskTables tables;
  NoneThreshold threshold;
  Assign assign;

  static base::Result<std::optional<TaskStage>> load(const RouterManifest& manifest,
                                                     const ml::TensorMap& weights,
                                                     const FineRouterOptions& options) {
    if (!options.has_tasks()) {
      return std::optional<TaskStage>();
    }
    return std::optional(
        TaskStage{TRY(TaskClassifier::load(weights, manifest.tasks.size())),
                  TRY(TaskTables::load(weights, manifest.models.size(), manifest.tasks.size())),
                  {options.classifier.none_threshold.value_or(0)},
                  options.inference.assign});
  }
};

class FineRouter final : public Router {
 public:
  FineRouter(RouterManifest manifest,
             const FineRouterOptions& options,
             ModelMeans means,
             std::optional<TaskStage> tasks,
             std::optional<QualityMoe> estimator)
      : manifest_(std::move(manifest)),
        mode_(options.inference.mode),
        alpha_(options.inference.alpha.value_or(0)),
        input_(options.quality.input),
        means_(std::move(means)),
        tasks_(std::move(tasks)),
        estimator_(std::move(estimator)) {}

  core::Scores score(const core::Query& query) const override {
    std::vector<Prediction> predictions(models().size());
    for (std::size_t m = 0; m < predictions.size(); ++m) {
      predictions[m] = {kUnknown, kUnknown, means_.cost_normalised[m], means_.latency_s[m]};
    }
    core::Scores scores;
    std::optional<std::size_t> task;
    std::vector<float> s1;
    if (tasks_) {
      const std::vector<float> logits = logits_of(query);
      const std::vector<float> weights = task_weights(logits, tasks_->threshold, tasks_->assign);
      task = assigned_task(logits, tasks_->threshold);
      scores.tasks = heaviest_tasks(std::span(weights).first(logits.size()));
      s1 = look_up(weights, predictions);
    }
    const std::vector<float> quality = mix(s1, estimated(query, task), mode_, alpha_);
    for (std::size_t m = 0; m < predictions.size(); ++m) {
      predictions[m].quality = quality[m];
      scores.models.push_back(to_score(predictions[m], manifest_.normaliser));
    }
    return scores;
  }

  const std::vector<core::ModelCard>& models() const override { return manifest_.models; }

  const std::vector<core::TaskName>& tasks() const override { return manifest_.tasks; }

  std::vector<float> task_posterior(const core::Query& query) const override {
    if (!tasks_) {
      return {};
    }
    std::vector<float> weights = task_weights(logits_of(query), {0}, Assign::kSoft);
    weights.pop_back();
    return weights;
  }

 private:
  std::vector<float> logits_of(const core::Query& query) const {
    CHECK(query.embedding.size() == tasks_->classifier.inputs(),
          "an embedding of {} for a router of {}",
          query.embedding.size(),
          tasks_->classifier.inputs());
    return tasks_->classifier.logits(query.embedding);
  }

  /// S1, and the cost and standard error that go with it.
  std::vector<float> look_up(std::span<const float> weights,
                             std::vector<Prediction>& predictions) const {
    std::vector<float> s1(predictions.size());
    for (std::size_t m = 0; m < s1.size(); ++m) {
      s1[m] = dot(weights, tasks_->tables.quality.row(m));
      predictions[m].cost_normalised = dot(weights, tasks_->tables.cost.row(m));
      if (mode_ == ScoreMode::kNatural &&
          !std::isnan(s1[m])) {  // A scaled score has no such error.
        predictions[m].quality_sd = tasks_->tables.standard_error(m, weights);
      }
    }
    return s1;
  }

  /// S2.
  std::vector<float> estimated(const core::Query& query, std::optional<std::size_t> task) const {
    if (!estimator_) {
      return {};
    }
    CHECK(query.embedding.size() == estimator_->inputs(),
          "an embedding of {} for a router of {}",
          query.embedding.size(),
          estimator_->inputs());
    return estimator_->estimate(network_input(query, input_), task).quality;
  }

  RouterManifest manifest_;
  ScoreMode mode_;
  double alpha_;
  InputScale input_;
  ModelMeans means_;
  std::optional<TaskStage> tasks_;
  std::optional<QualityMoe> estimator_;
};

}  // namespace

base::Result<std::unique_ptr<Router>> load_finerouter(const RouterManifest& manifest,
                                                      const ml::TensorMap& weights) {
  const FineRouterOptions options =
      TRY(FineRouterOptions::from_json(manifest.router, manifest.config_json));
  ModelMeans means = TRY(ModelMeans::load(weights, manifest.models.size()));
  std::optional<TaskStage> tasks = TRY(TaskStage::load(manifest, weights, options));
  std::optional<QualityMoe> estimator;
  if (options.has_estimator()) {
    estimator = TRY(QualityMoe::load(weights, means, manifest.tasks.size()));
  }
  return std::unique_ptr<Router>(std::make_unique<FineRouter>(
      manifest, options, std::move(means), std::move(tasks), std::move(estimator)));
}

}  // namespace wend::routers
