// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/finerouter/choices.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "wend/routers/finerouter/mix.h"
#include "wend/routers/finerouter/task_classifier.h"
#include "wend/routers/trouter/packed_mlp.h"
#include "wend/routers/validation.h"

namespace wend::routers {
namespace {

constexpr std::array<double, 12> kThresholds = {0, .1, .2, .3, .4, .5, .6, .7, .8, .9, .95, .99};
constexpr int kAlphaSteps = 10;

/// By quality alone; the policy's own rules else.
constexpr core::Preference kQualityOnly = {1.0};

double mean_chosen_quality(const Predictions& predictions, const data::Examples& truth) {
  double sum = 0;
  std::size_t counted = 0;
  for (std::size_t row = 0; row < truth.size(); ++row) {
    const auto model =
        best_model(predictions.quality.row(row), predictions.cost.row(row), kQualityOnly);
    if (model && !std::isnan(truth.quality(row, *model))) {
      sum += static_cast<double>(truth.quality(row, *model));
      ++counted;
    }
  }
  return counted == 0 ? 0 : sum / static_cast<double>(counted);
}

/// weights (n, tasks + 1) and a table (models, tasks + 1) -> (n, models).
base::Matrix looked_up(const base::Matrix& weights, const base::Matrix& table) {
  base::Matrix result(weights.rows(), table.rows());
  for (std::size_t row = 0; row < result.rows(); ++row) {
    for (std::size_t model = 0; model < result.columns(); ++model) {
      result(row, model) = dot(weights.row(row), table.row(model));
    }
  }
  return result;
}

TaskStageFit fit_at(double threshold,
                    const InferenceOptions& options,
                    const base::Matrix& train_logits,
                    const base::Matrix& validation_logits,
                    const data::TrainingSet& set) {
  TaskStageFit fit;
  fit.none_threshold = threshold;
  fit.tables = TaskTables::build(
      set.train, task_weights(train_logits, {threshold}, options.assign), options);
  const base::Matrix weights = task_weights(validation_logits, {threshold}, options.assign);
  fit.validation = {looked_up(weights, fit.tables.quality), looked_up(weights, fit.tables.cost)};
  return fit;
}

}  // namespace

double routing_worth(const Predictions& predictions, const data::Examples& truth, ScoreMode mode) {
  return mode == ScoreMode::kPaper ? mean_chosen_quality(predictions, truth)
                                   : utility_sum(predictions.quality, predictions.cost, truth);
}

TaskStageFit fit_task_stage(const FineRouterOptions& options,
                            const base::Matrix& train_logits,
                            const base::Matrix& validation_logits,
                            const data::TrainingSet& set) {
  const auto fit = [&](double threshold) {
    return fit_at(threshold, options.inference, train_logits, validation_logits, set);
  };
  if (const std::optional<double> fixed = options.classifier.none_threshold) {
    return fit(*fixed);
  }
  TaskStageFit best;
  std::optional<double> best_worth;
  for (const double threshold : kThresholds) {
    TaskStageFit next = fit(threshold);
    const double worth = routing_worth(next.validation, set.validation, options.inference.mode);
    if (!best_worth || worth > *best_worth) {
      best_worth = worth;
      best = std::move(next);
    }
  }
  return best;
}

base::Matrix mixed(const base::Matrix& s1, const base::Matrix& s2, ScoreMode mode, double alpha) {
  base::Matrix result(s1.rows(), s1.columns());
  for (std::size_t row = 0; row < result.rows(); ++row) {
    const std::vector<float> scores = mix(s1.row(row), s2.row(row), mode, alpha);
    std::copy(scores.begin(), scores.end(), result.row(row).begin());
  }
  return result;
}

double choose_alpha(const InferenceOptions& options,
                    const Predictions& first,
                    const base::Matrix& s2,
                    const data::Examples& truth) {
  if (options.alpha) {
    return *options.alpha;
  }
  double best = 0;
  std::optional<double> best_worth;
  for (int step = 0; step <= kAlphaSteps; ++step) {
    const double alpha = static_cast<double>(step) / kAlphaSteps;
    const double worth = routing_worth(
        {mixed(first.quality, s2, options.mode, alpha), first.cost}, truth, options.mode);
    if (!best_worth || worth > *best_worth) {
      best_worth = worth;
      best = alpha;
    }
  }
  return best;
}

}  // namespace wend::routers
