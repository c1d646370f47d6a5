// SPDX-License-Identifier: Apache-2.0
#include "wend/data/outcome_cells.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "wend/base/suggest.h"

namespace wend::data {

using base::Code;
using base::fail;

namespace {

/// Indices of the items in the order of their ids.
template <class Item>
std::vector<std::uint32_t> by_id(const std::vector<Item>& items) {
  std::vector<std::uint32_t> order(items.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return items[a].id < items[b].id;
  });
  return order;
}

std::vector<std::string> pool_names(const Dataset& dataset) {
  std::vector<std::string> names;
  for (const auto& [name, ids] : dataset.pools) {
    names.push_back(name);
  }
  return names;
}

/// The position of every item in `order`, of `size` items; absent ones get `size`.
std::vector<std::uint32_t> positions(const std::vector<std::uint32_t>& order, std::size_t size) {
  std::vector<std::uint32_t> position(size, static_cast<std::uint32_t>(size));
  for (std::size_t i = 0; i < order.size(); ++i) {
    position[order[i]] = static_cast<std::uint32_t>(i);
  }
  return position;
}

/// The outcomes in the order of (query, model, draw), so that a mean over draws is the same sum
/// however they came.
std::vector<const core::Outcome*> in_order(const std::vector<core::Outcome>& outcomes) {
  std::vector<const core::Outcome*> sorted;
  sorted.reserve(outcomes.size());
  for (const core::Outcome& outcome : outcomes) {
    sorted.push_back(&outcome);
  }
  const auto before = [](const core::Outcome* a, const core::Outcome* b) {
    return std::tie(a->query, a->model, a->draw) < std::tie(b->query, b->model, b->draw);
  };
  if (!std::is_sorted(sorted.begin(), sorted.end(), before)) {
    std::sort(sorted.begin(), sorted.end(), before);
  }
  return sorted;
}

/// A failed call says nothing of quality, and its free or cut answer nothing of cost; an unscored
/// one still cost what it cost.
void add_draw(const core::Outcome& outcome, Cell& cell) {
  if (outcome.status == core::OutcomeStatus::kFailed) {
    return;
  }
  const auto add = [](Mean& mean, const auto& value) {
    if (value) {
      mean.add(static_cast<double>(*value));
    }
  };
  if (outcome.status == core::OutcomeStatus::kOk) {
    add(cell.quality, outcome.quality);
  }
  add(cell.cost, outcome.cost);
  add(cell.latency_s, outcome.latency_s);
  add(cell.input_tokens, outcome.input_tokens);
  add(cell.output_tokens, outcome.output_tokens);
}

}  // namespace

base::Result<Pool> choose_pool(const Dataset& dataset, const std::string& wanted) {
  static const std::string kMain = "main";
  static const std::string kAll = "all";
  const std::string name = !wanted.empty() ? wanted : dataset.pools.contains(kMain) ? kMain : kAll;
  Pool pool{name, by_id(dataset.models)};
  const auto listed = dataset.pools.find(name);
  if (listed != dataset.pools.end()) {
    std::erase_if(pool.models, [&](std::uint32_t model) {
      return std::find(listed->second.begin(), listed->second.end(), dataset.models[model].id) ==
             listed->second.end();
    });
  } else if (name != kAll) {
    const std::vector<std::string> names = pool_names(dataset);
    return fail(
        Code::kNotFound,
        "pool '{}': data set '{}' has {}{}",
        name,
        dataset.name,
        names.empty() ? "no pools" : fmt::format("only the pools {}", fmt::join(names, ", ")),
        base::did_you_mean(name, names));
  }
  if (pool.models.empty()) {
    return fail(
        Code::kFailedPrecondition, "pool '{}' of data set '{}' holds no model", name, dataset.name);
  }
  return pool;
}

base::Result<Pool> pool_of(const Dataset& dataset, const std::vector<std::string>& models) {
  Pool pool{"all", {}};
  for (const std::uint32_t model : by_id(dataset.models)) {
    if (std::ranges::find(models, dataset.models[model].id) != models.end()) {
      pool.models.push_back(model);
    }
  }
  for (const std::string& id : models) {
    if (std::ranges::find(dataset.models, id, &core::ModelCard::id) == dataset.models.end()) {
      return fail(Code::kFailedPrecondition,
                  "data set '{}' has no model '{}'; expected outcomes of every model of the pool",
                  dataset.name,
                  id);
    }
  }
  return pool;
}

Cells sum_draws(const Dataset& dataset, const Pool& pool) {
  Cells cells{by_id(dataset.queries), pool.models, {}};
  cells.values.resize(cells.queries.size() * cells.models.size());
  const auto row_of = positions(cells.queries, dataset.queries.size());
  const auto column_of = positions(cells.models, dataset.models.size());
  for (const core::Outcome* outcome : in_order(dataset.outcomes)) {
    if (column_of[outcome->model] < cells.models.size()) {
      add_draw(*outcome, cells.at(row_of[outcome->query], column_of[outcome->model]));
    }
  }
  return cells;
}

}  // namespace wend::data
