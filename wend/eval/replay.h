// SPDX-License-Identifier: Apache-2.0
// Replaying is what makes an offline table honest: every test query goes through the very objects
// that route and serve run, Router::score and then Policy::decide, and only after the choice is the
// truth of the chosen cell looked up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "wend/base/result.h"
#include "wend/core/preference.h"
#include "wend/data/normaliser.h"
#include "wend/data/outcome_table.h"
#include "wend/data/training_set.h"
#include "wend/eval/fold.h"
#include "wend/policy/policy.h"
#include "wend/routers/router.h"

namespace wend::eval {

inline constexpr std::size_t kPreferences = core::kNamedPreferences.size();

/// What really came of a cell of the table: NaN where it is missing, cost 0 in a quality-only set.
struct Truth {
  double quality = 0;
  double cost = 0;  ///< Normalised, not clamped.
  double cost_currency = 0;

  /// Whether a utility can be had of it.
  bool is_known() const;
};

/// One decision on one test row under one preference, and what came of it.
struct Choice {
  std::uint64_t seed = 1;
  std::uint32_t row = 0;
  std::uint32_t preference = 0;  ///< Index into core::kNamedPreferences.
  std::uint32_t model = 0;       ///< Index into the table's models.
  float predicted_quality = 0;   ///< NaN where a rule predicts none.
  float predicted_cost = 0;      ///< Normalised.
  Truth truth;
  double asking_cost = 0;  ///< Currency, of asking which model to choose; part of the truth's cost.
};

/// A router's whole fold: kPreferences choices per test row, in the order of the rows and of
/// core::kNamedPreferences.
struct Replay {
  std::vector<Choice> choices;
  /// Per row: scoring once and deciding once (the mean over the preferences).
  std::vector<double> decide_microseconds;
};

/// What a replay borrows, for the call.
struct ReplayInputs {
  const data::OutcomeTable& table;
  const data::Embeddings& embeddings;  ///< One row per row of the table.
  std::span<const std::string>
      routing_texts;        ///< One per row of the table, or none where no router reads text.
  std::size_t threads = 0;  ///< 0: all. Changes times, never choices.
  /// kPreferences per row of the table, or none where no language model was asked.
  std::span<const core::LlmChoice> llm_choices = {};
};

/// Truth of one cell on the scale of `normaliser`; `asking_cost` (currency) is added to its cost,
/// but in a quality-only table.
Truth look_up(const data::OutcomeTable& table,
              const data::Normaliser& normaliser,
              std::size_t row,
              std::size_t model,
              double asking_cost = 0);

/// Runs the test rows of one fold. Fails where the router names a model that the table lacks, or
/// the policy finds none to choose; the message names the query.
base::Result<Replay> replay(const routers::Router& router,
                            const policy::Policy& policy,
                            const ReplayInputs& inputs,
                            const Fold& fold);

}  // namespace wend::eval
