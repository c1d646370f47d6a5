// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/trouter/train_new_model.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <limits>
#include <utility>
#include <vector>

#include "wend/routers/trouter/packed_mlp.h"
#include "wend/routers/trouter/recogniser.h"
#include "wend/routers/trouter/train_network.h"
#include "wend/routers/trouter/train_table.h"
#include "wend/train/exchange.h"
#include "wend/train/optimizer.h"
#include "wend/train/runtime.h"

namespace wend::routers {
namespace {

using base::Code;

constexpr int kSteps = 100;
constexpr double kLearningRate = 1e-3;
/// Of the squared distance from where the head started: L2-SP, so that fifty outcomes cannot bend
/// what hundreds have taught.
constexpr double kHold = 0.1;

/// Everything frozen, and the sizes.
struct Frozen {
  base::Matrix posterior;  ///< (n, tasks)
  base::Matrix e_t;        ///< (tasks, width)
  base::Matrix table;      ///< (metrics x models, tasks), as trained.
  std::size_t metrics;
  std::size_t models;  ///< Before.

  std::size_t row(std::size_t metric, std::size_t model) const { return metric * models + model; }
};

base::Result<Frozen> freeze(const RouterManifest& manifest,
                            const TRouterOptions& options,
                            const ml::TensorMap& weights,
                            const base::Matrix& inputs) {
  const Recogniser recogniser = TRY(Recogniser::load(weights, options.scorer, options.tau));
  Frozen frozen{{}, recogniser.task_vectors(), TRY(weights.matrix("table")), 0, 0};
  frozen.models = manifest.models.size();
  frozen.metrics = frozen.table.rows() / frozen.models;
  frozen.posterior = base::Matrix(inputs.rows(), frozen.e_t.rows());
  for (std::size_t i = 0; i < inputs.rows(); ++i) {
    std::ranges::copy(recogniser.posterior(inputs.row(i)), frozen.posterior.row(i).begin());
  }
  return frozen;
}

/// How an old model's row of the table does on the new model's outcomes once both have one mean.
struct Likeness {
  double mean_outcome = 0;
  double mean_expected = 0;
  double rest = std::numeric_limits<double>::infinity();  ///< Mean square of what is left.
};

Likeness likeness_of(const Frozen& frozen,
                     std::size_t row,
                     const base::Matrix& metrics,
                     std::size_t metric) {
  double n = 0;
  double outcome = 0;
  double expected = 0;
  double square = 0;
  for (std::size_t i = 0; i < metrics.rows(); ++i) {
    const double y = metrics(i, metric);
    if (std::isnan(y)) {
      continue;
    }
    const double x = dot(frozen.posterior.row(i), frozen.table.row(row));
    n += 1;
    outcome += y;
    expected += x;
    square += (y - x) * (y - x);
  }
  if (n == 0) {
    return {};
  }
  const double shift = (outcome - expected) / n;
  return {outcome / n, expected / n, square / n - shift * shift};
}

double logit(double mean) {
  const double inside = std::clamp(mean, 0.01, 0.99);
  return std::log(inside / (1.0 - inside));
}

/// The stacked heads of the artifact, without gradients.
Mlp stacked_heads(const ml::TensorMap& weights) {
  Mlp heads;
  for (std::size_t i = 0; weights.has(fmt::format("heads.{}.weight", i)); ++i) {
    Dense layer;
    for (const auto& [name, part] :
         {std::pair("weight", &layer.weight), std::pair("bias", &layer.bias)}) {
      const ml::Tensor& kept = weights.all().find(fmt::format("heads.{}.{}", i, name))->second;
      *part = at::empty(kept.shape());
      std::ranges::copy(kept.values(), part->data_ptr<float>());
    }
    heads.push_back(std::move(layer));
  }
  return heads;
}

/// One head a metric: the likest old model's, its mean shifted.
Mlp starting_heads(const Mlp& old, const Frozen& frozen, const base::Matrix& metrics) {
  std::vector<std::int64_t> donors;
  std::vector<float> shifts;
  for (std::size_t metric = 0; metric < frozen.metrics; ++metric) {
    Likeness best;
    std::size_t donor = 0;
    for (std::size_t model = 0; model < frozen.models; ++model) {
      const Likeness likeness = likeness_of(frozen, frozen.row(metric, model), metrics, metric);
      if (likeness.rest < best.rest) {
        best = likeness;
        donor = model;
      }
    }
    donors.push_back(static_cast<std::int64_t>(frozen.row(metric, donor)));
    const bool is_known = std::isfinite(best.rest);
    shifts.push_back(
        is_known ? static_cast<float>(logit(best.mean_outcome) - logit(best.mean_expected)) : 0.0F);
  }
  const at::Tensor index = at::tensor(donors, at::kLong);
  Mlp heads;
  for (const Dense& layer : old) {
    heads.push_back({layer.weight.index_select(0, index), layer.bias.index_select(0, index)});
  }
  heads.back().bias += at::tensor(shifts).unsqueeze(1);
  return heads;
}

/// Mean squared error over what is known, metric by metric, and the hold.
at::Tensor loss_of(const Mlp& heads,
                   const std::vector<at::Tensor>& parameters,
                   const std::vector<at::Tensor>& start,
                   const at::Tensor& posterior,
                   const at::Tensor& e_t,
                   const at::Tensor& metrics) {
  const at::Tensor known = metrics.isnan().logical_not();
  const at::Tensor expected = at::mm(posterior, apply_heads(heads, e_t, 0.0).t());
  const at::Tensor error = at::where(known, expected - metrics.nan_to_num(), at::zeros({1}));
  at::Tensor loss = (error.square().sum(0) / known.sum(0).clamp_min(1)).sum();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    loss = loss + kHold * (parameters[i] - start[i]).square().sum();
  }
  return loss;
}

/// In place.
void fit_heads(Mlp& heads, const Frozen& frozen, const base::Matrix& metrics) {
  std::vector<at::Tensor> parameters;
  std::vector<at::Tensor> start;
  for (Dense& layer : heads) {
    for (at::Tensor* part : {&layer.weight, &layer.bias}) {
      start.push_back(part->clone());
      part->requires_grad_(true);
      parameters.push_back(*part);
    }
  }
  const at::Tensor posterior = train::to_torch(frozen.posterior);
  const at::Tensor e_t = train::to_torch(frozen.e_t);
  const at::Tensor outcomes = train::to_torch(metrics);
  const auto optimizer =
      train::make_optimizer(parameters, {train::OptimizerKind::kAdam, kLearningRate, 0.0});
  for (int step = 0; step < kSteps; ++step) {
    optimizer->zero_grad();
    loss_of(heads, parameters, start, posterior, e_t, outcomes).backward();
    optimizer->step();
  }
  for (at::Tensor& parameter : parameters) {
    parameter.requires_grad_(false);
  }
}

/// A tensor whose first axis counts (metric, model), with a row more at the end of each metric.
ml::Tensor with_rows(const ml::Tensor& old, const ml::Tensor& added, std::size_t metrics) {
  const std::size_t before = old.values().size() / metrics;
  const std::size_t row = added.values().size() / metrics;
  std::vector<float> values;
  values.reserve(old.values().size() + added.values().size());
  for (std::size_t metric = 0; metric < metrics; ++metric) {
    const auto kept = old.values().subspan(metric * before, before);
    const auto extra = added.values().subspan(metric * row, row);
    values.insert(values.end(), kept.begin(), kept.end());
    values.insert(values.end(), extra.begin(), extra.end());
  }
  std::vector<std::int64_t> shape = old.shape();
  shape[0] += static_cast<std::int64_t>(metrics);
  return {std::move(shape), std::move(values)};
}

ml::TensorMap with_model(const ml::TensorMap& weights,
                         const Mlp& heads,
                         const TaskTable& table,
                         std::size_t metrics) {
  ml::TensorMap added = weights;
  const auto append = [&](const std::string& name, const ml::Tensor& rows, std::size_t groups) {
    added.put(name, with_rows(weights.all().find(name)->second, rows, groups));
  };
  for (std::size_t i = 0; i < heads.size(); ++i) {
    append(fmt::format("heads.{}.weight", i), train::to_artifact(heads[i].weight), metrics);
    append(fmt::format("heads.{}.bias", i), train::to_artifact(heads[i].bias), metrics);
  }
  append("table", ml::Tensor::from_matrix(table.g), metrics);
  append("quality_variance", ml::Tensor::from_matrix(table.variance), 1);
  append("quality_count", ml::Tensor::from_matrix(table.count), 1);
  return added;
}

base::Status check_outcomes(const base::Matrix& metrics, const std::vector<Metric>& names) {
  for (std::size_t metric = 0; metric < names.size(); ++metric) {
    bool is_known = names[metric] == Metric::kLatency;
    for (std::size_t i = 0; i < metrics.rows(); ++i) {
      is_known = is_known || !std::isnan(metrics(i, metric));
    }
    if (!is_known) {
      return base::fail(Code::kFailedPrecondition,
                        "no outcome of the new model has a {}",
                        names[metric] == Metric::kCost ? "cost" : "quality");
    }
  }
  return {};
}

base::Result<ml::TensorMap> add_guarded(const RouterManifest& manifest,
                                        const ml::TensorMap& weights,
                                        const NewModelOutcomes& outcomes) {
  const TRouterOptions options = TRY(TRouterOptions::from_json(manifest.config_json));
  const std::vector<Metric> names = TRY(parse_metrics(options.training.metrics, {true, true}));
  TRY(check_outcomes(outcomes.metrics, names));
  const Frozen frozen = TRY(freeze(manifest, options, weights, outcomes.inputs));
  train::settle(outcomes.seed, outcomes.threads);
  Mlp heads = starting_heads(stacked_heads(weights), frozen, outcomes.metrics);
  fit_heads(heads, frozen, outcomes.metrics);
  const base::Matrix fitted =
      train::to_matrix(apply_heads(heads, train::to_torch(frozen.e_t), 0.0));
  const TaskTable table = build_table(
      {fitted, frozen.posterior, outcomes.metrics, 1}, options.table, options.pseudo_count);
  return with_model(weights, heads, table, frozen.metrics);
}

}  // namespace

base::Result<ml::TensorMap> add_model(const RouterManifest& manifest,
                                      const ml::TensorMap& weights,
                                      const NewModelOutcomes& outcomes) {
  try {
    return add_guarded(manifest, weights, outcomes);
  } catch (const std::exception& error) {  // libtorch throws; this is its door.
    return base::fail(Code::kInternal, "fit the new model's heads: {}", error.what());
  }
}

}  // namespace wend::routers
