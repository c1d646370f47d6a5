// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/validation.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "wend/base/check.h"

namespace wend::routers {
namespace {

core::Query query_of(const data::TrainingSet& set, std::size_t row) {
  const data::Examples& rows = set.validation;
  core::Query query;
  // Texts are not in a TrainingSet; their hash is as good a seed for the rule that draws by text.
  query.text =
      row < rows.text_sha256.size() ? std::string_view(rows.text_sha256[row]) : std::string_view();
  query.embedding = rows.embeddings.unit.row(row);
  query.embedding_norm = row < rows.embeddings.norms.size() ? rows.embeddings.norms[row] : 1.0F;
  if (row < rows.labels.size()) {
    query.task_label = leaf_of(set.taxonomy, rows.labels[row]);
  }
  return query;
}

}  // namespace

std::optional<std::size_t> best_model(std::span<const float> quality,
                                      std::span<const float> cost_normalised,
                                      core::Preference preference) {
  std::optional<std::size_t> best;
  double best_utility = 0;
  for (std::size_t model = 0; model < quality.size(); ++model) {
    const double utility = core::utility(preference,
                                         static_cast<double>(quality[model]),
                                         static_cast<double>(cost_normalised[model]));
    if (std::isnan(utility)) {
      continue;
    }
    if (!best || utility > best_utility ||
        (utility == best_utility && cost_normalised[model] < cost_normalised[*best])) {
      best = model;
      best_utility = utility;
    }
  }
  return best;
}

double utility_sum(const ChooseModel& choose, const data::Examples& truth) {
  double total = 0;
  for (const core::NamedPreference& named : core::kNamedPreferences) {
    const core::Preference preference{named.mu};
    double sum = 0;
    std::size_t counted = 0;
    for (std::size_t row = 0; row < truth.size(); ++row) {
      const std::optional<std::size_t> model = choose(row, preference);
      const double utility =
          model ? core::utility(preference,
                                static_cast<double>(truth.quality(row, *model)),
                                static_cast<double>(truth.cost_normalised(row, *model)))
                : std::nan("");
      if (!std::isnan(utility)) {
        sum += utility;
        ++counted;
      }
    }
    total += counted == 0 ? 0 : sum / static_cast<double>(counted);
  }
  return total;
}

double utility_sum(const base::Matrix& quality,
                   const base::Matrix& cost_normalised,
                   const data::Examples& truth) {
  CHECK(quality.rows() == truth.size(), "{} rows for {}", quality.rows(), truth.size());
  return utility_sum(
      [&](std::size_t row, core::Preference preference) {
        return best_model(quality.row(row), cost_normalised.row(row), preference);
      },
      truth);
}

double utility_sum(const Router& router, const data::TrainingSet& set) {
  const data::Examples& rows = set.validation;
  base::Matrix quality(rows.size(), set.models.size());
  base::Matrix cost(rows.size(), set.models.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const core::Scores scores = router.score(query_of(set, row));
    for (std::size_t model = 0; model < scores.models.size(); ++model) {
      quality(row, model) = scores.models[model].quality;
      cost(row, model) = scores.models[model].cost_normalised;
    }
  }
  return utility_sum(
      [&](std::size_t row, core::Preference preference) {
        const auto pinned = router.pinned_model(query_of(set, row), preference);
        return pinned ? pinned : best_model(quality.row(row), cost.row(row), preference);
      },
      rows);
}

std::optional<std::size_t> leaf_of(const core::Taxonomy& taxonomy,
                                   const std::vector<core::TaskLabel>& labels) {
  if (labels.empty()) {
    return std::nullopt;
  }
  const auto heaviest = std::max_element(
      labels.begin(), labels.end(), [](const core::TaskLabel& a, const core::TaskLabel& b) {
        return a.weight < b.weight;
      });
  const std::vector<std::size_t> leaves = taxonomy.leaves();
  const auto found = std::find(leaves.begin(), leaves.end(), heaviest->node);
  if (found == leaves.end()) {
    return std::nullopt;
  }
  return static_cast<std::size_t>(found - leaves.begin());
}

}  // namespace wend::routers
