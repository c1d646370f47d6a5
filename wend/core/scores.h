// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "wend/core/override.h"

namespace wend::core {

/// What a router expects of one model on one query.
struct ModelScore {
  float quality = 0;  ///< [0, 1].
  std::optional<float> quality_sd =
      {};  ///< Standard error of the predicted mean; absent where a router has none.
  float cost_normalised = 0;  ///< On the artifact's normalised scale; 0 in a set without costs.
  std::optional<double> cost =
      {};  ///< Currency for the call; absent where the normaliser cannot be inverted.
  std::optional<float> latency_s = {};  ///< Where the metrics H include latency.
};

/// How a task type is shown: its stable id and a name a person reads ("domain > subcategory >
/// level").
struct TaskName {
  std::string id;
  std::string name;
};

/// Posterior weight of one task type.
struct TaskWeight {
  std::size_t task = 0;  ///< Index into Router::tasks().
  float weight = 0;
};

/// A router's whole answer: one entry per model in the order of Router::models(), the task
/// posterior, heaviest first (at most five; empty where a router has no tasks), and the overrides
/// that moved a score, in their order.
struct Scores {
  std::vector<ModelScore> models;
  std::vector<TaskWeight> tasks;
  std::vector<OverrideEffect> overrides = {};
};

}  // namespace wend::core
