// SPDX-License-Identifier: Apache-2.0
// Building is five steps, in the order of OutcomeTable::build at the end: choose the pool's models,
// sum the draws of every cell, leave out models without any cost, keep the queries whose cells are
// there, and copy the means. What was never measured stays NaN from the first step to the last.
#include "wend/data/outcome_table.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <tuple>
#include <utility>

#include "wend/base/suggest.h"
#include "wend/text/routing_text.h"

namespace wend::data {
namespace {

using base::Code;
using base::fail;

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

/// A mean that knows when it is of nothing.
struct Mean {
  double sum = 0;
  std::uint32_t count = 0;

  void add(double value) {
    sum += value;
    ++count;
  }

  double value() const { return count == 0 ? kMissing : sum / count; }
};

/// The draws of one model on one query.
struct Cell {
  Mean quality;
  Mean cost;
  Mean latency_s;
  Mean input_tokens;
  Mean output_tokens;
};

struct Pool {
  std::string name;
  std::vector<std::uint32_t> models;  ///< Indices into Dataset::models, by model id.
};

/// The cells of a pool: (queries of the data set in the order of their ids, models of the pool).
struct Cells {
  std::vector<std::uint32_t> queries;
  std::vector<std::uint32_t> models;
  std::vector<Cell> values;

  Cell& at(std::size_t row, std::size_t column) { return values[row * models.size() + column]; }

  const Cell& at(std::size_t row, std::size_t column) const {
    return values[row * models.size() + column];
  }
};

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

/// Per column of the cells, whether any query has a cost.
std::vector<bool> priced_columns(const Cells& cells) {
  std::vector<bool> priced(cells.models.size(), false);
  for (std::size_t row = 0; row < cells.queries.size(); ++row) {
    for (std::size_t column = 0; column < priced.size(); ++column) {
      priced[column] = priced[column] || cells.at(row, column).cost.count > 0;
    }
  }
  return priced;
}

Cells select_columns(const Cells& cells, const std::vector<bool>& wanted) {
  Cells selected{cells.queries, {}, {}};
  for (std::size_t column = 0; column < wanted.size(); ++column) {
    if (wanted[column]) {
      selected.models.push_back(cells.models[column]);
    }
  }
  selected.values.reserve(cells.queries.size() * selected.models.size());
  for (std::size_t i = 0; i < cells.values.size(); ++i) {
    if (wanted[i % wanted.size()]) {
      selected.values.push_back(cells.values[i]);
    }
  }
  return selected;
}

/// Decides whether cost counts and leaves models without any cost out of a pool in which it does.
/// Adds a note for each decision.
CostUse settle_costs(const Dataset& dataset,
                     CostUse wanted,
                     const Pool& pool,
                     Cells& cells,
                     std::vector<std::string>& notes) {
  if (wanted == CostUse::kQualityOnly) {
    return wanted;
  }
  const std::vector<bool> priced = priced_columns(cells);
  if (std::find(priced.begin(), priced.end(), true) == priced.end()) {
    notes.push_back(
        fmt::format("no model of pool '{}' has a cost on any query: this is a quality-only set, "
                    "cost is 0 everywhere",
                    pool.name));
    return CostUse::kQualityOnly;
  }
  for (std::size_t column = 0; column < priced.size(); ++column) {
    if (!priced[column]) {
      notes.push_back(
          fmt::format("model '{}' has no cost on any query and was left out of the pool; use "
                      "--normaliser none to route on quality alone",
                      dataset.models[cells.models[column]].id));
    }
  }
  cells = select_columns(cells, priced);
  return wanted;
}

bool is_present(const Cell& cell, CostUse cost) {
  return cell.quality.count > 0 && (cost == CostUse::kQualityOnly || cell.cost.count > 0);
}

/// Rows that stay: with kDrop those with every cell, with kKeep those with any.
std::vector<std::uint32_t> kept_rows(const Cells& cells, MissingCells missing, CostUse cost) {
  std::vector<std::uint32_t> kept;
  for (std::size_t row = 0; row < cells.queries.size(); ++row) {
    std::size_t present = 0;
    for (std::size_t column = 0; column < cells.models.size(); ++column) {
      present += is_present(cells.at(row, column), cost) ? 1 : 0;
    }
    if (present == cells.models.size() || (missing == MissingCells::kKeep && present > 0)) {
      kept.push_back(static_cast<std::uint32_t>(row));
    }
  }
  return kept;
}

/// What removed every query: the model of the pool with the fewest cells.
base::Error nothing_left(const Dataset& dataset,
                         const Pool& pool,
                         const Cells& cells,
                         CostUse cost) {
  std::size_t scarcest = 0;
  std::size_t fewest = std::numeric_limits<std::size_t>::max();
  for (std::size_t column = 0; column < cells.models.size(); ++column) {
    std::size_t present = 0;
    for (std::size_t row = 0; row < cells.queries.size(); ++row) {
      present += is_present(cells.at(row, column), cost) ? 1 : 0;
    }
    if (present < fewest) {
      fewest = present;
      scarcest = column;
    }
  }
  return {Code::kFailedPrecondition,
          fmt::format("data set '{}': no query has an outcome{} of every one of the {} models of "
                      "pool '{}' ('{}' has {} of {}); use "
                      "--missing keep or a smaller --pool",
                      dataset.name,
                      cost == CostUse::kPriced ? " with a cost" : "",
                      cells.models.size(),
                      pool.name,
                      dataset.models[cells.models[scarcest]].id,
                      fewest,
                      cells.queries.size()),
          {}};
}

/// cells (rows kept, models) -> matrix of the means; NaN where a cell has none.
template <class T>
base::BasicMatrix<T> means(const Cells& cells,
                           const std::vector<std::uint32_t>& kept,
                           Mean Cell::*field) {
  base::BasicMatrix<T> matrix(kept.size(), cells.models.size());
  for (std::size_t i = 0; i < kept.size(); ++i) {
    for (std::size_t column = 0; column < cells.models.size(); ++column) {
      matrix(i, column) = static_cast<T>((cells.at(kept[i], column).*field).value());
    }
  }
  return matrix;
}

bool any_known(const base::Matrix& matrix) {
  return std::any_of(matrix.values().begin(), matrix.values().end(), [](float value) {
    return !std::isnan(value);
  });
}

/// Labels of the rows kept, each query's in the order of their nodes and with weights that sum
/// to 1.
std::vector<std::vector<core::TaskLabel>> labels_of_rows(const Dataset& dataset,
                                                         const Cells& cells,
                                                         const std::vector<std::uint32_t>& kept) {
  std::vector<std::vector<core::TaskLabel>> of_query(dataset.queries.size());
  for (const core::TaskLabel& label : dataset.labels) {
    of_query[label.query].push_back(label);
  }
  std::vector<std::vector<core::TaskLabel>> rows;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    std::vector<core::TaskLabel> labels = of_query[cells.queries[kept[i]]];
    std::sort(
        labels.begin(), labels.end(), [](const auto& a, const auto& b) { return a.node < b.node; });
    double sum = 0;
    for (const core::TaskLabel& label : labels) {
      sum += static_cast<double>(label.weight);
    }
    for (core::TaskLabel& label : labels) {
      label.query = static_cast<std::uint32_t>(i);
      label.weight = static_cast<float>(static_cast<double>(label.weight) / sum);
    }
    rows.push_back(std::move(labels));
  }
  return rows;
}

void copy_rows(const Dataset& dataset,
               const Cells& cells,
               const std::vector<std::uint32_t>& kept,
               OutcomeTable& table) {
  for (const std::uint32_t model : cells.models) {
    table.models.push_back(dataset.models[model]);
  }
  for (const std::uint32_t row : kept) {
    const core::QueryRecord& query = dataset.queries[cells.queries[row]];
    table.queries.push_back(query);
    table.normalised_texts.push_back(
        text::normalised_text(text::routing_text(query.context, query.prompt)));
  }
  table.taxonomy = dataset.taxonomy;
  table.labels = labels_of_rows(dataset, cells, kept);
}

void copy_cells(const Cells& cells,
                const std::vector<std::uint32_t>& kept,
                CostUse cost,
                OutcomeTable& table) {
  table.quality = means<float>(cells, kept, &Cell::quality);
  if (cost == CostUse::kPriced) {
    table.cost = means<double>(cells, kept, &Cell::cost);
  }
  if (base::Matrix latency = means<float>(cells, kept, &Cell::latency_s); any_known(latency)) {
    table.latency_s = std::move(latency);
  }
  table.input_tokens = means<float>(cells, kept, &Cell::input_tokens);
  table.output_tokens = means<float>(cells, kept, &Cell::output_tokens);
}

}  // namespace

base::Result<OutcomeTable> OutcomeTable::build(const Dataset& dataset,
                                               const TableOptions& options) {
  if (dataset.queries.empty() || dataset.outcomes.empty()) {
    return fail(Code::kFailedPrecondition,
                "data set '{}' has {}; import outcomes first",
                dataset.name,
                dataset.queries.empty() ? "no queries" : "no outcomes");
  }
  const Pool pool = TRY(choose_pool(dataset, options.pool));
  Cells cells = sum_draws(dataset, pool);
  OutcomeTable table;
  table.dataset = dataset.name;
  table.pool = pool.name;
  const CostUse cost = settle_costs(dataset, options.cost, pool, cells, table.notes);
  const std::vector<std::uint32_t> kept = kept_rows(cells, options.missing, cost);
  if (kept.empty()) {
    return tl::unexpected(nothing_left(dataset, pool, cells, cost));
  }
  table.dropped_incomplete = cells.queries.size() - kept.size();
  copy_rows(dataset, cells, kept, table);
  copy_cells(cells, kept, cost, table);
  return table;
}

}  // namespace wend::data
