// SPDX-License-Identifier: Apache-2.0
// What is known of each model before a query is looked at. A cell that is missing is left out of
// its mean, never counted as zero; a model without a single known cell keeps NaN, which a policy
// reads as "not known, not chosen". So a model whose costs are all missing cannot look free.
#pragma once

#include <cstddef>
#include <vector>

#include "wend/base/result.h"
#include "wend/core/scores.h"
#include "wend/data/normaliser.h"
#include "wend/data/training_set.h"
#include "wend/ml/tensor.h"

namespace wend::routers {

/// Means over the present cells of a set of rows, one entry per model; NaN where there is none.
struct ModelMeans {
  std::vector<float> quality;
  std::vector<float> quality_sd;  ///< Standard error of the mean; NaN below two cells.
  std::vector<float> cost_normalised;
  std::vector<float> latency_s;

  static ModelMeans of(const data::Examples& rows);

  std::size_t size() const { return quality.size(); }

  /// Fails where no model has both a quality and a cost, for then nothing could ever be chosen.
  base::Status check_choosable() const;

  /// As the tensor "model_means" (4, models) and back; infinities are refused.
  void store(ml::TensorMap& weights) const;
  static base::Result<ModelMeans> load(const ml::TensorMap& weights, std::size_t models);

  /// The means as every query's score.
  std::vector<core::ModelScore> scores(const data::Normaliser& normaliser) const;
};

/// One model's prediction; NaN stands for what is not known.
struct Prediction {
  float quality;
  float quality_sd;
  float cost_normalised;
  float latency_s;
};

/// Clamped to [0, 1] where known, cost in currency by the normaliser's own inverse.
core::ModelScore to_score(const Prediction& prediction, const data::Normaliser& normaliser);

}  // namespace wend::routers
