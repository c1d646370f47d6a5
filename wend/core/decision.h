// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "wend/core/preference.h"
#include "wend/core/scores.h"

namespace wend::core {

/// One model as the policy saw it.
struct Candidate {
  std::size_t model = 0;  ///< Index into Router::models().
  ModelScore score;
  double utility = 0;
  std::string excluded;  ///< Why it could not be chosen; empty where it could.
};

/// The choice and everything needed to explain it.
struct Decision {
  std::size_t model = 0;  ///< The chosen one's index.
  std::string reason;     ///< "highest_utility", "rule", "only_candidate".
  Preference preference;
  std::vector<Candidate> candidates;  ///< In the order of the router's models.
};

}  // namespace wend::core
