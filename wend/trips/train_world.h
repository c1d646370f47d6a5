// SPDX-License-Identifier: Apache-2.0
// For tests: a small collection as it is handed to a training, without a store and an encoder.
#pragma once

#include <string>
#include <utility>

#include "wend/base/random.h"
#include "wend/eval/scripted_world.h"
#include "wend/trips/from_data.h"
#include "wend/trips/train_fold.h"

namespace wend::trips::sample {

/// Rows of two kinds, each with a model of its own that is good at it; vectors about two axes.
inline PreparedData prepared_world(std::size_t rows = 120) {
  constexpr std::size_t kDimension = 8;
  base::Random random(1);
  base::Matrix vectors(rows, kDimension);
  std::vector<std::vector<double>> quality;
  std::vector<std::vector<double>> cost;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t kind = row % 2;
    for (float& value : vectors.row(row)) {
      value = 0.1F * static_cast<float>(random.normal());
    }
    vectors(row, kind) += 1;
    quality.push_back({kind == 0 ? 0.9 : 0.2, kind == 0 ? 0.1 : 0.8});
    cost.push_back({0.1, 0.3});
  }
  PreparedData prepared;
  prepared.table = eval::scripted_table(quality, cost);
  prepared.embeddings = data::Embeddings::from_pooled(vectors);
  prepared.routing_texts = prepared.table.normalised_texts;
  prepared.encoder_sha256 = "an encoder";
  return prepared;
}

inline TrainingFold fold_of(const PreparedData& prepared, const eval::FoldPlan& plan = {}) {
  return make_training_fold(prepared, eval::split_folds(prepared.table, plan).value().front());
}

}  // namespace wend::trips::sample
