// SPDX-License-Identifier: Apache-2.0
#include "wend/base/suggest.h"

#include <algorithm>
#include <vector>

#include "wend/base/matrix.h"

namespace wend::base {
namespace {

/// Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  BasicMatrix<std::size_t> cost(a.size() + 1, b.size() + 1);
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        cost(i, j) = i + j;
        continue;
      }
      const std::size_t substitution = cost(i - 1, j - 1) + (a[i - 1] == b[j - 1] ? 0 : 1);
      cost(i, j) = std::min({cost(i - 1, j) + 1, cost(i, j - 1) + 1, substitution});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost(i, j) = std::min(cost(i, j), cost(i - 2, j - 2) + 1);
      }
    }
  }
  return cost(a.size(), b.size());
}

/// What was probably cut short: "api_key" for "api_key_env".
std::string shortest_that_begins_with(std::string_view name, std::span<const std::string> known) {
  static constexpr std::size_t kTelling = 3;  // Fewer letters begin too much.
  std::string best;
  for (const std::string& candidate : known) {
    const bool is_longer = candidate.size() > name.size() && candidate.starts_with(name);
    if (is_longer && (best.empty() || candidate.size() < best.size())) {
      best = candidate;
    }
  }
  return name.size() < kTelling ? std::string() : best;
}

}  // namespace

std::string nearest_name(std::string_view name, std::span<const std::string> known) {
  static constexpr std::size_t kLongestName =
      256;  // A hostile key must not cost a quadratic table.
  if (name.size() > kLongestName) {
    return {};
  }
  const std::size_t near_enough = std::max<std::size_t>(2, name.size() / 3);
  std::string best;
  std::size_t best_distance = near_enough + 1;
  for (const std::string& candidate : known) {
    if (candidate.size() > kLongestName) {
      continue;
    }
    const std::size_t distance = edit_distance(name, candidate);
    if (distance < best_distance && distance < std::max(name.size(), candidate.size())) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best.empty() ? shortest_that_begins_with(name, known) : best;
}

std::string did_you_mean(std::string_view name, std::span<const std::string> known) {
  const std::string nearest = nearest_name(name, known);
  return nearest.empty() ? std::string() : " (did you mean '" + nearest + "'?)";
}

std::string did_you_mean_it_by(std::string_view missing, std::span<const std::string> found) {
  const std::string nearest = nearest_name(missing, found);
  return nearest.empty() ? std::string() : " (did you mean it by '" + nearest + "'?)";
}

}  // namespace wend::base
