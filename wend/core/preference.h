// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "wend/base/result.h"

namespace wend::core {

/// The caller's trade: mu in [0, 1] is the weight of quality, 1 - mu that of cost
/// (algorithms.md 1.2).
struct Preference {
  double mu = 0.5;
};

struct NamedPreference {
  std::string_view name;
  double mu;
};

/// The three named ones, cost-first to quality-first, in the order of every table.
inline constexpr std::array<NamedPreference, 3> kNamedPreferences = {
    {{"cost", 0.2}, {"balanced", 0.5}, {"quality", 0.8}}};

/// "cost", "balanced", "quality" or a number in [0, 1].
base::Result<Preference> parse_preference(std::string_view text);

/// U = mu * quality - (1 - mu) * cost, cost normalised (algorithms.md 1.2).
inline double utility(Preference preference, double quality, double cost_normalised) {
  return preference.mu * quality - (1.0 - preference.mu) * cost_normalised;
}

}  // namespace wend::core
