// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "wend/data/dataset.h"

namespace wend::trips {

/// A query that a new model could be asked, and the task type it belongs to.
struct ProbeCandidate {
  std::uint32_t query = 0;
  std::size_t task = 0;
};

/// At most `count` of the queries, as evenly over the task types as there are queries, in seeded
/// order: task types take turns, those with few queries drop out.
std::vector<std::uint32_t> choose_probes(std::span<const ProbeCandidate> candidates,
                                         std::size_t count,
                                         std::uint64_t seed);

/// A collection of these queries alone, with their labels and no models or outcomes. A collection
/// of its own, since a model that answered fifty queries would leave fifty rows to the next
/// training on the old one.
data::Dataset probe_collection(const data::Dataset& dataset,
                               std::span<const std::uint32_t> queries,
                               const std::string& name);

}  // namespace wend::trips
