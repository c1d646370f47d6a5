// SPDX-License-Identifier: Apache-2.0
#include "wend/data/dataset.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <tuple>
#include <utility>

namespace wend::data {
namespace {

/// Sorts the items by id and says where each one went.
template <class Item>
std::vector<std::uint32_t> sort_by_id(std::vector<Item>& items) {
  std::vector<std::uint32_t> order(items.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return items[a].id < items[b].id;
  });
  std::vector<std::uint32_t> moved_to(items.size());
  std::vector<Item> sorted;
  sorted.reserve(items.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    moved_to[order[i]] = static_cast<std::uint32_t>(i);
    sorted.push_back(std::move(items[order[i]]));
  }
  items = std::move(sorted);
  return moved_to;
}

/// What the store gives back is in order already, and 400,000 outcomes take a while to sort.
template <class Item, class Less>
void sort_unless_sorted(std::vector<Item>& items, Less less) {
  if (!std::is_sorted(items.begin(), items.end(), less)) {
    std::sort(items.begin(), items.end(), less);
  }
}

}  // namespace

void order_by_ids(Dataset& dataset) {
  const std::vector<std::uint32_t> query = sort_by_id(dataset.queries);
  const std::vector<std::uint32_t> model = sort_by_id(dataset.models);
  for (core::Outcome& outcome : dataset.outcomes) {
    outcome.query = query[outcome.query];
    outcome.model = model[outcome.model];
  }
  sort_unless_sorted(dataset.outcomes, [](const core::Outcome& a, const core::Outcome& b) {
    return std::tie(a.query, a.model, a.draw) < std::tie(b.query, b.model, b.draw);
  });
  for (core::TaskLabel& label : dataset.labels) {
    label.query = query[label.query];
  }
  sort_unless_sorted(dataset.labels, [](const core::TaskLabel& a, const core::TaskLabel& b) {
    return std::tie(a.query, a.node) < std::tie(b.query, b.node);
  });
}

}  // namespace wend::data
