// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/exemplars.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "wend/ml/neighbours.h"

namespace wend::discover {

std::vector<std::uint32_t> exemplars(const base::Matrix& rows,
                                     std::span<const std::uint32_t> members,
                                     std::span<const float> centre,
                                     std::size_t count) {
  std::vector<std::pair<float, std::uint32_t>> nearest;
  nearest.reserve(members.size());
  for (const std::uint32_t member : members) {
    const std::span<const float> row = rows.row(member);
    const float length = std::sqrt(ml::inner_product(row, row));
    nearest.emplace_back(length > 0 ? -ml::inner_product(row, centre) / length : 0.0F, member);
  }
  const auto last = nearest.begin() + static_cast<std::ptrdiff_t>(std::min(count, nearest.size()));
  std::partial_sort(nearest.begin(), last, nearest.end());
  std::vector<std::uint32_t> found;
  for (auto it = nearest.begin(); it != last; ++it) {
    found.push_back(it->second);
  }
  return found;
}

}  // namespace wend::discover
