// SPDX-License-Identifier: Apache-2.0
#include "wend/policy/fallback.h"

#include <algorithm>

namespace wend::policy {

bool is_better(const core::Candidate& a, const core::Candidate& b) {
  if (a.utility != b.utility) {
    return a.utility > b.utility;
  }
  return a.score.cost_normalised < b.score.cost_normalised;
}

std::vector<std::size_t> fallback_order(const core::Decision& decision) {
  std::vector<std::size_t> order;
  for (const core::Candidate& candidate : decision.candidates) {
    if (candidate.excluded.empty() || candidate.model == decision.model) {
      order.push_back(candidate.model);
    }
  }
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    if (a == decision.model || b == decision.model) {
      return a == decision.model && b != decision.model;
    }
    return is_better(decision.candidates[a], decision.candidates[b]);
  });
  return order;
}

}  // namespace wend::policy
