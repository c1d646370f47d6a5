// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/candidate_sets.h"

#include <algorithm>

namespace wend::discover {

CandidateSet candidate_set(const Rankings& rankings,
                           std::span<const std::uint32_t> members,
                           const FusedRanking& fused,
                           double delta) {
  // A member is covered as soon as the first of its best models is taken.
  std::vector<std::size_t> place(rankings.models());
  for (std::size_t i = 0; i < fused.order.size(); ++i) {
    place[fused.order[i]] = i;
  }
  std::vector<std::size_t> covered_at(rankings.models());
  std::size_t counted = 0;
  for (const std::uint32_t member : members) {
    const RankingView ranking = rankings[member];
    if (ranking.order.empty()) {
      continue;
    }
    const auto best = ranking.order.first(ranking.last[ranking.order.front()]);
    std::size_t first = place.size();
    for (const ModelIndex model : best) {
      first = std::min(first, place[model]);
    }
    ++covered_at[first];
    ++counted;
  }
  CandidateSet set;
  std::size_t covered = 0;
  for (std::size_t i = 0; i < fused.order.size(); ++i) {
    set.models.push_back(fused.order[i]);
    covered += covered_at[i];
    set.coverage = counted == 0 ? 0 : static_cast<double>(covered) / static_cast<double>(counted);
    if (counted == 0 || set.coverage > delta) {
      break;
    }
  }
  return set;
}

}  // namespace wend::discover
