// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/rules/task_table.h"

#include <cmath>
#include <vector>

namespace wend::routers {
namespace {

using Sums = base::BasicMatrix<double>;

struct NodeSums {
  Sums sum;     ///< (nodes, models), weighted.
  Sums weight;  ///< (nodes, models), of the present cells.
};

/// Every labelled row into its node and all nodes above.
NodeSums sum_by_node(const core::Taxonomy& taxonomy,
                     const data::Examples& rows,
                     const base::Matrix& cells) {
  const std::size_t models = cells.columns();
  NodeSums sums{Sums(taxonomy.nodes().size(), models), Sums(taxonomy.nodes().size(), models)};
  for (std::size_t row = 0; row < rows.labels.size(); ++row) {
    for (const core::TaskLabel& label : rows.labels[row]) {
      for (std::optional<std::size_t> node = label.node; node;
           node = taxonomy.nodes()[*node].parent) {
        for (std::size_t model = 0; model < models; ++model) {
          if (!std::isnan(cells(row, model))) {
            const auto weight = static_cast<double>(label.weight);
            sums.sum(*node, model) += weight * static_cast<double>(cells(row, model));
            sums.weight(*node, model) += weight;
          }
        }
      }
    }
  }
  return sums;
}

std::vector<double> overall_means(const base::Matrix& cells) {
  std::vector<double> means;
  for (std::size_t model = 0; model < cells.columns(); ++model) {
    double sum = 0;
    double count = 0;
    for (std::size_t row = 0; row < cells.rows(); ++row) {
      if (!std::isnan(cells(row, model))) {
        sum += static_cast<double>(cells(row, model));
        ++count;
      }
    }
    means.push_back(count == 0 ? std::nan("") : sum / count);
  }
  return means;
}

}  // namespace

base::Matrix shrunk_leaf_means(const core::Taxonomy& taxonomy,
                               const data::Examples& rows,
                               const base::Matrix& cells,
                               double pseudo_count) {
  const NodeSums sums = sum_by_node(taxonomy, rows, cells);
  const std::vector<double> root = overall_means(cells);
  Sums table(taxonomy.nodes().size(), cells.columns());
  for (std::size_t node = 0; node < taxonomy.nodes().size(); ++node) {  // Parents stand first.
    const std::optional<std::size_t> parent = taxonomy.nodes()[node].parent;
    for (std::size_t model = 0; model < cells.columns(); ++model) {
      const double above = parent ? table(*parent, model) : root[model];
      table(node, model) = (sums.sum(node, model) + pseudo_count * above) /
                           (sums.weight(node, model) + pseudo_count);
    }
  }
  const std::vector<std::size_t> leaves = taxonomy.leaves();
  base::Matrix means(leaves.size(), cells.columns());
  for (std::size_t leaf = 0; leaf < leaves.size(); ++leaf) {
    for (std::size_t model = 0; model < cells.columns(); ++model) {
      means(leaf, model) = static_cast<float>(table(leaves[leaf], model));
    }
  }
  return means;
}

}  // namespace wend::routers
