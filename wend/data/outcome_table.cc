// SPDX-License-Identifier: Apache-2.0
// Building is five steps, in the order of OutcomeTable::build at the end: choose the pool's models,
// sum the draws of every cell, leave out models without any cost, keep the queries whose cells are
// there, and copy the means. What was never measured stays NaN from the first step to the last.
#include "wend/data/outcome_table.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "wend/data/outcome_cells.h"
#include "wend/text/routing_text.h"

namespace wend::data {
namespace {

using base::Code;
using base::fail;

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
CostUse settle_costs(
    const Dataset& dataset, CostUse wanted, const Pool& pool, Cells& cells, OutcomeTable& table) {
  if (wanted == CostUse::kQualityOnly) {
    return wanted;
  }
  const std::vector<bool> priced = priced_columns(cells);
  if (std::find(priced.begin(), priced.end(), true) == priced.end()) {
    table.notes.push_back(
        fmt::format("no model of pool '{}' has a cost on any query: this is a quality-only set, "
                    "cost is 0 everywhere",
                    pool.name));
    return CostUse::kQualityOnly;
  }
  for (std::size_t column = 0; column < priced.size(); ++column) {
    if (!priced[column]) {
      table.models_without_cost.push_back(dataset.models[cells.models[column]].id);
      table.notes.push_back(
          fmt::format("model '{}' has no cost on any query and was left out of the pool; use "
                      "--normaliser none to route on quality alone",
                      table.models_without_cost.back()));
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
  const Pool pool = TRY(options.models.empty() ? choose_pool(dataset, options.pool)
                                               : pool_of(dataset, options.models));
  Cells cells = sum_draws(dataset, pool);
  OutcomeTable table;
  table.dataset = dataset.name;
  table.pool = pool.name;
  const CostUse cost = settle_costs(dataset, options.cost, pool, cells, table);
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
