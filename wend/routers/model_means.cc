// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/model_means.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace wend::routers {
namespace {

constexpr const char* kTensorName = "model_means";
constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();

struct Mean {
  float value = kUnknown;
  float standard_error = kUnknown;
};

/// Of the present cells of one column.
Mean mean_of_column(const base::Matrix& cells, std::size_t column) {
  double sum = 0;
  double count = 0;
  for (std::size_t row = 0; row < cells.rows(); ++row) {
    if (const float cell = cells(row, column); !std::isnan(cell)) {
      sum += static_cast<double>(cell);
      ++count;
    }
  }
  if (count == 0) {
    return {};
  }
  const double mean = sum / count;
  double squares = 0;
  for (std::size_t row = 0; row < cells.rows(); ++row) {
    if (const float cell = cells(row, column); !std::isnan(cell)) {
      squares += (static_cast<double>(cell) - mean) * (static_cast<double>(cell) - mean);
    }
  }
  const double error =
      count < 2 ? static_cast<double>(kUnknown) : std::sqrt(squares / (count - 1) / count);
  return {static_cast<float>(mean), static_cast<float>(error)};
}

std::optional<float> if_known(float value) {
  return std::isnan(value) ? std::nullopt : std::optional(value);
}

}  // namespace

ModelMeans ModelMeans::of(const data::Examples& rows) {
  ModelMeans means;
  for (std::size_t model = 0; model < rows.quality.columns(); ++model) {
    const Mean quality = mean_of_column(rows.quality, model);
    means.quality.push_back(quality.value);
    means.quality_sd.push_back(quality.standard_error);
    means.cost_normalised.push_back(mean_of_column(rows.cost_normalised, model).value);
    means.latency_s.push_back(rows.latency_s.empty() ? kUnknown
                                                     : mean_of_column(rows.latency_s, model).value);
  }
  return means;
}

base::Status ModelMeans::check_choosable() const {
  for (std::size_t model = 0; model < size(); ++model) {
    if (!std::isnan(quality[model]) && !std::isnan(cost_normalised[model])) {
      return {};
    }
  }
  return base::fail(base::Code::kFailedPrecondition,
                    "no model has both a quality and a cost in the train part; expected outcomes "
                    "of at least one model");
}

void ModelMeans::store(ml::TensorMap& weights) const {
  base::Matrix rows(4, size());
  std::copy(quality.begin(), quality.end(), rows.row(0).begin());
  std::copy(quality_sd.begin(), quality_sd.end(), rows.row(1).begin());
  std::copy(cost_normalised.begin(), cost_normalised.end(), rows.row(2).begin());
  std::copy(latency_s.begin(), latency_s.end(), rows.row(3).begin());
  weights.put(kTensorName, ml::Tensor::from_matrix(rows));
}

base::Result<ModelMeans> ModelMeans::load(const ml::TensorMap& weights, std::size_t models) {
  const base::Matrix rows = TRY(weights.matrix(kTensorName, 4, static_cast<std::int64_t>(models)));
  if (std::any_of(rows.values().begin(), rows.values().end(), [](float value) {
        return std::isinf(value);
      })) {
    return base::fail(base::Code::kDataLoss, "tensor '{}' holds an infinity", kTensorName);
  }
  ModelMeans means;
  means.quality.assign(rows.row(0).begin(), rows.row(0).end());
  means.quality_sd.assign(rows.row(1).begin(), rows.row(1).end());
  means.cost_normalised.assign(rows.row(2).begin(), rows.row(2).end());
  means.latency_s.assign(rows.row(3).begin(), rows.row(3).end());
  return means;
}

std::vector<core::ModelScore> ModelMeans::scores(const data::Normaliser& normaliser) const {
  std::vector<core::ModelScore> scores;
  for (std::size_t model = 0; model < size(); ++model) {
    scores.push_back(to_score(
        {quality[model], quality_sd[model], cost_normalised[model], latency_s[model]}, normaliser));
  }
  return scores;
}

core::ModelScore to_score(const Prediction& prediction, const data::Normaliser& normaliser) {
  // std::clamp hands NaN through: both comparisons are false.
  core::ModelScore score;
  score.quality = std::clamp(prediction.quality, 0.0F, 1.0F);
  score.quality_sd = if_known(prediction.quality_sd);
  score.cost_normalised = std::clamp(prediction.cost_normalised, 0.0F, 1.0F);
  if (!std::isnan(score.cost_normalised)) {
    score.cost = normaliser.invert(static_cast<double>(score.cost_normalised));
  }
  score.latency_s = if_known(prediction.latency_s);
  return score;
}

}  // namespace wend::routers
