// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/grow_observed.h"

#include <cmath>
#include <map>

#include "wend/routers/trouter/options.h"
#include "wend/routers/trouter/stored_table.h"
#include "wend/trips/answer.h"

namespace wend::trips {

using base::Status;

namespace {

struct Cell {
  std::size_t leaf = 0;
  std::size_t model = 0;
  auto operator<=>(const Cell&) const = default;
};

/// The answers of each cell, a query each.
using Answers = std::map<Cell, std::map<std::uint32_t, Answer>>;

/// The leaf of the branch that each query belongs to.
std::map<std::uint32_t, std::size_t> leaf_of_queries(const data::Dataset& collection,
                                                     const core::Taxonomy& branch) {
  std::map<std::string, std::size_t> leaves;
  for (const std::size_t node : branch.leaves()) {
    leaves.emplace(branch.nodes()[node].id, leaves.size());
  }
  std::map<std::uint32_t, std::size_t> found;
  for (const core::TaskLabel& label : collection.labels) {
    const auto leaf = leaves.find(collection.taxonomy.nodes()[label.node].id);
    if (leaf != leaves.end()) {
      found.emplace(label.query, leaf->second);
    }
  }
  return found;
}

Answers answers_of(const UpkeepArtifact& before,
                   const data::Dataset& collection,
                   const core::Taxonomy& branch) {
  const std::map<std::uint32_t, std::size_t> leaves = leaf_of_queries(collection, branch);
  Answers answers;
  for (const core::Outcome& outcome : collection.outcomes) {
    const auto leaf = leaves.find(outcome.query);
    const auto model = before.find_model(collection.models[outcome.model].id);
    if (leaf != leaves.end() && model && outcome.quality) {
      answers[{leaf->second, *model}][outcome.query].add(outcome);
    }
  }
  return answers;
}

/// What the artifact says one quality of the model varies by, over its task types.
double variance_elsewhere(const UpkeepArtifact& before, std::size_t model) {
  double sum = 0;
  double weight = 0;
  for (std::size_t task = 0; task < before.table.count.columns(); ++task) {
    const double count = before.table.count(model, task);
    sum += count * static_cast<double>(before.table.variance(model, task));
    weight += count;
  }
  return sum / weight;
}

struct Moments {
  double count = 0;
  double mean = 0;
  double spread = 0;  ///< Sum of the squared distances from the mean.

  void add(double value) {
    count += 1;
    const double distance = value - mean;
    mean += distance / count;
    spread += distance * (value - mean);
  }
};

}  // namespace

Status put_observed(const UpkeepArtifact& before, const data::Dataset& collection, Growth& growth) {
  const auto options = TRY(routers::TRouterOptions::from_json(before.manifest.config_json));
  const auto metrics = TRY(routers::parse_metrics(options.training.metrics, {true, true}));
  const auto scale = TRY(before.artifact.weights.vector("latency_scale", 1));
  const std::size_t leaves = growth.branch.leaves().size();
  const std::size_t models = before.manifest.models.size();
  growth.mean = growth.count = base::Matrix(leaves, metrics.size() * models);
  growth.variance = base::Matrix(leaves, models);
  for (const auto& [cell, answers] : answers_of(before, collection, growth.branch)) {
    for (const routers::Metric metric : metrics) {
      const auto row = before.table.columns.row(metric, cell.model);
      Moments moments;
      for (const auto& [query, answer] : answers) {
        const float value = answer.value(metric, before.manifest.normaliser, scale.front());
        if (!std::isnan(value)) {
          moments.add(static_cast<double>(value));
        }
      }
      growth.mean(cell.leaf, *row) = static_cast<float>(moments.mean);
      growth.count(cell.leaf, *row) = static_cast<float>(moments.count);
      if (metric == routers::Metric::kQuality) {
        const double elsewhere = variance_elsewhere(before, cell.model);
        growth.variance(cell.leaf, cell.model) =
            static_cast<float>((moments.spread + routers::kVariancePrior * elsewhere) /
                               (moments.count + routers::kVariancePrior));
      }
    }
  }
  return {};
}

}  // namespace wend::trips
