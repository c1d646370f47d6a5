// SPDX-License-Identifier: Apache-2.0
// What a model that was asked little is expected to be worth: on queries it was never asked, the
// utility of what a router chooses with it less that of what it chooses without it. An old model
// counts by its outcome where there is one, the new one by what is predicted of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/base/result.h"
#include "wend/base/statistics.h"
#include "wend/core/model_card.h"
#include "wend/core/preference.h"
#include "wend/core/scores.h"

namespace wend::trips {

struct GainInputs {
  const std::vector<core::ModelCard>& models;  ///< The new one last.
  const std::vector<core::Scores>& scores;     ///< Per query, of the router with all of them.
  const base::Matrix& quality;                 ///< (queries, old models); NaN where not known.
  const base::Matrix& cost_normalised;         ///< Likewise.
  /// Quality observed less quality predicted, of each query that the new model was asked.
  const std::vector<double>& residuals;
  std::uint64_t seed = 1;
  std::size_t resamples = 1000;
};

struct ExpectedGain {
  double gain = 0;    ///< Mean utility with the new model less that without it.
  base::Interval ci;  ///< 95 %, over queries and over the probes that the new model was judged by.
  double share = 0;   ///< Of the queries that go to the new model.
};

/// Needs a query at least. Each resample draws queries anew, and moves the new model's quality by
/// the mean of residuals drawn anew: what is not known of it after so few answers.
base::Result<ExpectedGain> expected_gain(const GainInputs& inputs, core::Preference preference);

}  // namespace wend::trips
