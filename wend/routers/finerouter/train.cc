// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/finerouter/train.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "wend/routers/finerouter/choices.h"
#include "wend/routers/finerouter/options.h"
#include "wend/routers/finerouter/quality_moe.h"
#include "wend/routers/finerouter/router.h"
#include "wend/routers/finerouter/task_classifier.h"
#include "wend/routers/finerouter/train_classifier.h"
#include "wend/routers/finerouter/train_general_heads.h"
#include "wend/routers/finerouter/train_task_heads.h"
#include "wend/routers/manifest.h"
#include "wend/routers/model_means.h"
#include "wend/routers/trouter/input.h"
#include "wend/routers/validation.h"
#include "wend/train/runtime.h"

namespace wend::routers {
namespace {

using base::Code;

base::Status check_rows(const data::TrainingSet& set) {
  if (set.train.size() > 0 && set.validation.size() > 0) {
    return {};
  }
  return base::fail(Code::kFailedPrecondition,
                    "training needs queries in both parts; train has {}, validation {}",
                    set.train.size(),
                    set.validation.size());
}

base::Status check_tasks(const data::TrainingSet& set) {
  if (!set.taxonomy.empty()) {
    return {};
  }
  return base::fail(Code::kFailedPrecondition,
                    "no task types were found before the training; expected at least one, as from "
                    "a smaller min_size, or finerouter_general, which needs none");
}

base::Status check_candidates(const TrainContext& context) {
  const std::size_t tasks = context.set.taxonomy.leaves().size();
  const auto* candidates = context.task_candidates;
  if (candidates == nullptr || candidates->size() != tasks) {
    return base::fail(Code::kFailedPrecondition,
                      "expected the candidate models of each of the {} tasks, got {} sets; use "
                      "finerouter_tasks, which needs none",
                      tasks,
                      candidates == nullptr ? 0 : candidates->size());
  }
  for (const std::vector<std::size_t>& models : *candidates) {
    for (const std::size_t model : models) {
      if (model >= context.set.models.size()) {
        return base::fail(Code::kInvalidArgument,
                          "a task's candidates name model {} of {}",
                          model,
                          context.set.models.size());
      }
    }
  }
  return {};
}

base::Status check(const FineRouterOptions& options, const TrainContext& context) {
  TRY(check_rows(context.set));
  TRY(options.has_tasks() ? check_tasks(context.set) : base::Status());
  return options.stages == Stages::kBoth ? check_candidates(context) : base::Status();
}

RowTasks assigned(const base::Matrix& logits, NoneThreshold threshold) {
  RowTasks tasks(logits.rows());
  for (std::size_t row = 0; row < tasks.size(); ++row) {
    tasks[row] = assigned_task(logits.row(row), threshold);
  }
  return tasks;
}

/// S2 of the validation rows, by the estimator that will serve.
base::Result<base::Matrix> estimated(const TrainedRouter& trained,
                                     const RowTasks& tasks,
                                     InputScale scale,
                                     const data::TrainingSet& set) {
  const QualityMoe moe =
      TRY(QualityMoe::load(trained.weights, ModelMeans::of(set.train), trained.tasks.size()));
  const base::Matrix inputs = network_inputs(set.validation.embeddings, scale);
  base::Matrix s2(inputs.rows(), set.models.size());
  for (std::size_t row = 0; row < s2.rows(); ++row) {
    const std::vector<float> quality = moe.estimate(inputs.row(row), tasks[row]).quality;
    std::copy(quality.begin(), quality.end(), s2.row(row).begin());
  }
  return s2;
}

/// The classifier, what it makes of the rows, the tables; and of finerouter, the tasks' heads and
/// alpha.
base::Status add_tasks(FineRouterOptions& options,
                       const TrainContext& context,
                       TrainedRouter& result) {
  const data::TrainingSet& set = context.set;
  result.tasks = set.taxonomy.names(set.taxonomy.leaves());
  const train::LoopReport report =
      TRY(train_classifier(options.classifier, options.quality.batch, context, result.weights));
  if (options.stages == Stages::kTasks) {
    result.report.epochs = report.epochs;
    result.report.best_epoch = report.best_epoch;
  }
  const TaskClassifier classifier = TRY(TaskClassifier::load(result.weights, result.tasks.size()));
  const base::Matrix train = classifier.logits(set.train.embeddings.unit);
  const base::Matrix validation = classifier.logits(set.validation.embeddings.unit);
  const TaskStageFit fit = fit_task_stage(options, train, validation, set);
  fit.tables.store(result.weights);
  options.classifier.none_threshold = fit.none_threshold;
  if (options.stages == Stages::kTasks) {
    return {};
  }
  const RowTasks train_tasks = assigned(train, {fit.none_threshold});
  const RowTasks validation_tasks = assigned(validation, {fit.none_threshold});
  TRY(train_task_heads(options.quality, {train_tasks, validation_tasks}, context, result.weights));
  const base::Matrix s2 = TRY(estimated(result, validation_tasks, options.quality.input, set));
  options.inference.alpha = choose_alpha(options.inference, fit.validation, s2, set.validation);
  return {};
}

std::size_t parameter_count(const ml::TensorMap& weights) {
  std::size_t count = 0;
  for (const auto& [name, tensor] : weights.all()) {
    const bool learnt = name.starts_with("classifier.") || name.starts_with("general.") ||
                        name == "model_embedding" ||
                        (name.starts_with("task_heads.") && name != "task_heads.of");
    count += learnt ? tensor.values().size() : 0;
  }
  return count;
}

/// The utility sum of the very router that will be served.
base::Result<double> validation_worth(const std::string& router,
                                      const TrainedRouter& trained,
                                      const data::TrainingSet& set) {
  RouterManifest manifest;
  manifest.router = router;
  manifest.models = set.models;
  manifest.normaliser = set.normaliser;
  manifest.tasks = trained.tasks;
  manifest.config_json = trained.config_json;
  const std::unique_ptr<Router> served = TRY(load_finerouter(manifest, trained.weights));
  return utility_sum(*served, set);
}

base::Result<TrainedRouter> train_guarded(const RouterSpec& spec, const TrainContext& context) {
  FineRouterOptions options = TRY(FineRouterOptions::parse(spec));
  TRY(check(options, context));
  const data::TrainingSet& set = context.set;
  const ModelMeans means = ModelMeans::of(set.train);
  TRY(means.check_choosable());
  train::settle(set.seed, context.threads);
  TrainedRouter result;
  means.store(result.weights);
  if (options.has_estimator()) {
    const train::LoopReport report =
        TRY(train_general_heads(options.quality, context, result.weights));
    result.report.epochs = report.epochs;
    result.report.best_epoch = report.best_epoch;
  }
  if (options.has_tasks()) {
    TRY(add_tasks(options, context, result));
  }
  result.config_json = options.to_json();
  result.report.parameters = parameter_count(result.weights);
  result.report.validation_utility_sum = TRY(validation_worth(spec.name, result, set));
  return result;
}

}  // namespace

base::Result<TrainedRouter> train_finerouter(const RouterSpec& spec, const TrainContext& context) {
  try {
    return train_guarded(spec, context);
  } catch (const std::exception& error) {  // libtorch throws; this is its door.
    return base::fail(Code::kInternal, "router '{}': {}", spec.text, error.what());
  }
}

}  // namespace wend::routers
