// SPDX-License-Identifier: Apache-2.0
// Means pooled over all (test query, seed) pairs (algorithms.md 1.2, 8.1). A chosen cell without
// quality, or without cost in a priced pool, has no utility: it is left out of every mean and
// counted.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "wend/eval/replay.h"

namespace wend::eval {

/// True utility of a choice under its preference; NaN where its truth is unknown.
double true_utility(const Choice& choice);

/// One router under one preference. Means are NaN where nothing is counted.
struct PreferenceMeans {
  double cost = 0;  ///< Normalised.
  double cost_currency = 0;
  double quality = 0;
  double utility = 0;
  std::uint32_t modal_model = 0;  ///< The model chosen most often, the first of equals.
  double modal_share = 0;         ///< Its share of all choices: 1 is a constant.
  std::size_t counted = 0;
  std::size_t missing = 0;
};

struct PooledMeans {
  std::array<PreferenceMeans, kPreferences> preferences;
  double utility_sum = 0;  ///< Of the three mean utilities.
};

PooledMeans pooled_means(std::span<const Replay> replays, std::size_t model_count);

/// The reference's choices on the very (fold, row) pairs of `replays`, so that a router that was
/// scored on fewer queries is compared on those. Needs a reference that has them all.
std::vector<Replay> restricted_to(std::span<const Replay> reference,
                                  std::span<const Replay> replays);

/// Places of a router's, best_static's and the oracle's utility sum on one scale.
struct UtilitySums {
  double router = 0;
  double best_static = 0;
  double oracle = 0;
};

/// (router - best_static) / (oracle - best_static); nullopt where the oracle is no better or a sum
/// is unknown.
std::optional<double> normalised_gain(const UtilitySums& sums);

}  // namespace wend::eval
