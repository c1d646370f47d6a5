// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/trouter/train.h"

#include <exception>
#include <utility>

#include <nlohmann/json.hpp>

#include "wend/base/check.h"
#include "wend/routers/manifest.h"
#include "wend/routers/trouter/train_query_heads.h"
#include "wend/routers/trouter/train_session.h"
#include "wend/routers/trouter/train_table.h"
#include "wend/train/exchange.h"
#include "wend/train/runtime.h"

namespace wend::routers {
namespace {

using base::Code;

base::Matrix product(const base::Matrix& posterior, const base::Matrix& g) {
  return train::to_matrix(at::mm(train::to_torch(posterior), train::to_torch(g).t()));
}

/// Turns the trained heads into the table, and judges on validation what will be served.
void add_table(const TaskSession& session,
               const TRouterOptions& options,
               const Problem& problem,
               const data::TrainingSet& set,
               TrainedRouter& result) {
  const base::Matrix heads = session.head_table();
  const base::Matrix posterior = session.posterior(problem.train);
  const TaskTable table = build_table({heads, posterior, problem.train.outcomes, problem.models},
                                      options.table,
                                      options.pseudo_count);
  result.weights.put("table", ml::Tensor::from_matrix(table.g));
  result.weights.put("quality_variance", ml::Tensor::from_matrix(table.variance));
  result.weights.put("quality_count", ml::Tensor::from_matrix(table.count));
  const base::Matrix guess = product(session.posterior(problem.validation), table.g);
  result.report.validation_utility_sum = predicted_utility(guess, problem, set.validation);
}

base::Status add_query_head_router(const data::TrainingSet& set, TrainedRouter& result) {
  RouterManifest manifest;
  manifest.router = "trouter";
  manifest.models = set.models;
  manifest.normaliser = set.normaliser;
  manifest.tasks = result.tasks;
  manifest.config_json = result.config_json;
  result.unservable = TRY(make_query_head_router(manifest, result.weights));
  return {};
}

base::Status check_task_count(const TRouterOptions& options, std::size_t tasks) {
  if (options.assumption1 || tasks <= kQueryHeadTasks) {
    return {};
  }
  return base::fail(Code::kInvalidArgument,
                    "option 'assumption1' is 'off' with {} task types; expected at most {}, as at "
                    "a coarser level",
                    tasks,
                    kQueryHeadTasks);
}

/// From seeded weights, or, where there are such, from `start`.
base::Result<TrainedRouter> train_over(TRouterOptions options,
                                       const std::vector<std::size_t>& tasks,
                                       const TrainContext& context,
                                       const ml::TensorMap* start = nullptr) {
  TRY(check_task_count(options, tasks.size()));
  const data::TrainingSet& set = context.set;
  const Problem problem = TRY(build_problem(set, options.training, tasks));
  options.training.metrics = metrics_text(problem.metrics);
  train::settle(set.seed, context.threads);
  TaskSession session(options, problem, set);
  if (start != nullptr) {
    TRY(session.network().import_from(*start));
  }
  const train::LoopReport report =
      TRY(fit(session, options.training, problem, "training trouter", context));

  TrainedRouter result;
  session.network().export_to(result.weights);
  result.weights.put("task_inputs", ml::Tensor::from_matrix(problem.task_inputs));
  const auto scale = static_cast<float>(problem.latency_scale);
  result.weights.put("latency_scale", ml::Tensor::from_vector(std::span(&scale, 1)));
  result.config_json = options.to_json();
  result.tasks = set.taxonomy.names(tasks);
  result.report = {report.epochs, report.best_epoch, 0.0, session.network().parameter_count()};
  if (options.assumption1) {
    add_table(session, options, problem, set, result);
  } else {
    result.report.validation_utility_sum = predicted_utility(
        session.predicted(problem.validation, session.posterior(problem.validation)),
        problem,
        set.validation);
    TRY(add_query_head_router(set, result));
  }
  return result;
}

base::Result<TrainedRouter> train_best_level(const TRouterOptions& options,
                                             const TrainContext& context) {
  base::Result<TrainedRouter> best = base::fail(Code::kInternal, "no level was trained");
  const core::Taxonomy& taxonomy = context.set.taxonomy;
  TRY(tasks_at(taxonomy, "leaves"));  // An empty taxonomy fails here, with its sentence.
  for (std::size_t level = 0; level < taxonomy.level_count(); ++level) {
    TRouterOptions at = options;
    at.level = std::to_string(level);
    auto trained = train_over(at, taxonomy.at_level(level), context);
    if (!trained) {
      return trained;
    }
    if (!best || trained->report.validation_utility_sum > best->report.validation_utility_sum) {
      best = std::move(trained);
    }
  }
  return best;
}

base::Result<TrainedRouter> train_at_level(const TRouterOptions& options,
                                           const TrainContext& context) {
  if (options.level == "auto") {
    return train_best_level(options, context);
  }
  return train_over(options, TRY(tasks_at(context.set.taxonomy, options.level)), context);
}

base::Result<TrainedRouter> train_on_guarded(const RouterManifest& manifest,
                                             const ml::TensorMap& weights,
                                             const TrainContext& context) {
  const TRouterOptions options = TRY(TRouterOptions::from_json(manifest.config_json));
  std::vector<std::size_t> tasks;
  for (const core::TaskName& task : manifest.tasks) {
    const auto node = context.set.taxonomy.find(task.id);
    CHECK(node.has_value(), "the task type '{}' is no node of the set", task.id);
    tasks.push_back(*node);
  }
  return train_over(options, tasks, context, &weights);
}

/// Validation shrinks in the paper's ratio of 30 to 10 (section 4.1).
data::TrainingSet with_few_shots(const data::TrainingSet& set, std::size_t shots) {
  data::TrainingSet few = set;
  few.train = data::few_shots(set.train, shots);
  few.validation = data::few_shots(set.validation, (shots + 2) / 3);
  return few;
}

base::Result<TrainedRouter> train_guarded(const RouterSpec& spec, const TrainContext& context) {
  const TRouterOptions options = TRY(TRouterOptions::parse(spec));
  if (options.shots == 0) {
    return train_at_level(options, context);
  }
  const data::TrainingSet few = with_few_shots(context.set, options.shots);
  return train_at_level(
      options, {few, context.truth, context.truth_normaliser, context.threads, context.progress});
}

}  // namespace

base::Result<TrainedRouter> train_trouter_on(const RouterManifest& manifest,
                                             const ml::TensorMap& weights,
                                             const TrainContext& context) {
  try {
    return train_on_guarded(manifest, weights, context);
  } catch (const std::exception& error) {  // libtorch throws; this is its door.
    return base::fail(Code::kInternal, "router 'trouter': {}", error.what());
  }
}

base::Result<TrainedRouter> train_trouter(const RouterSpec& spec, const TrainContext& context) {
  try {
    return train_guarded(spec, context);
  } catch (const std::exception& error) {  // libtorch throws; this is its door.
    return base::fail(Code::kInternal, "router '{}': {}", spec.text, error.what());
  }
}

}  // namespace wend::routers
