// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/probes.h"

#include <algorithm>
#include <map>
#include <utility>

#include "wend/base/random.h"

namespace wend::trips {

std::vector<std::uint32_t> choose_probes(std::span<const ProbeCandidate> candidates,
                                         std::size_t count,
                                         std::uint64_t seed) {
  std::vector<ProbeCandidate> order(candidates.begin(), candidates.end());
  base::Random random(base::stage_seed(seed, "probes"));
  random.shuffle(std::span(order));
  std::map<std::size_t, std::vector<std::uint32_t>> by_task;
  for (const ProbeCandidate& candidate : order) {
    by_task[candidate.task].push_back(candidate.query);
  }
  std::vector<std::vector<std::uint32_t>> piles;
  piles.reserve(by_task.size());
  for (auto& [task, pile] : by_task) {
    piles.push_back(std::move(pile));
  }
  random.shuffle(std::span(piles));  // Else a count below theirs would leave the same ones out.
  std::vector<std::uint32_t> chosen;
  for (std::size_t turn = 0; chosen.size() < std::min(count, order.size()); ++turn) {
    for (const std::vector<std::uint32_t>& pile : piles) {
      if (turn < pile.size() && chosen.size() < count) {
        chosen.push_back(pile[turn]);
      }
    }
  }
  return chosen;
}

data::Dataset probe_collection(const data::Dataset& dataset,
                               std::span<const std::uint32_t> queries,
                               const std::string& name) {
  data::Dataset probes;
  probes.name = name;
  probes.taxonomy = dataset.taxonomy;
  std::map<std::uint32_t, std::uint32_t> places;
  for (const std::uint32_t query : queries) {
    places.emplace(query, static_cast<std::uint32_t>(probes.queries.size()));
    probes.queries.push_back(dataset.queries[query]);
  }
  for (core::TaskLabel label : dataset.labels) {
    if (const auto place = places.find(label.query); place != places.end()) {
      label.query = place->second;
      probes.labels.push_back(label);
    }
  }
  data::order_by_ids(probes);
  return probes;
}

}  // namespace wend::trips
