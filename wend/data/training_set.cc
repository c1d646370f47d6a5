// SPDX-License-Identifier: Apache-2.0
#include "wend/data/training_set.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "wend/base/check.h"
#include "wend/base/hash.h"

namespace wend::data {
namespace {

/// matrix (n, c), rows r of it -> (r, c); an empty matrix stays empty.
base::Matrix select_rows(const base::Matrix& matrix, const std::vector<std::uint32_t>& rows) {
  if (matrix.empty()) {
    return {};
  }
  base::Matrix selected(rows.size(), matrix.columns());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::ranges::copy(matrix.row(rows[i]), selected.row(i).begin());
  }
  return selected;
}

/// Costs of the rows on the normalised scale, clamped; all 0 in a quality-only table.
base::Matrix normalised_costs(const OutcomeTable& table,
                              const Normaliser& normaliser,
                              const std::vector<std::uint32_t>& rows) {
  base::Matrix costs(rows.size(), table.models.size());
  if (!table.has_costs()) {
    return costs;
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string group = normaliser.group_of(table, rows[i]);
    for (std::size_t model = 0; model < table.models.size(); ++model) {
      costs(i, model) =
          static_cast<float>(normaliser.normalise_clamped(table.cost(rows[i], model), group));
    }
  }
  return costs;
}

/// A row's labels as those of row `query`.
std::vector<core::TaskLabel> relabelled(std::vector<core::TaskLabel> labels, std::size_t query) {
  for (core::TaskLabel& label : labels) {
    label.query = static_cast<std::uint32_t>(query);
  }
  return labels;
}

Examples copy_examples(const TrainingInputs& inputs, const std::vector<std::uint32_t>& rows) {
  Examples examples;
  examples.embeddings = inputs.embeddings.rows(rows);
  examples.quality = select_rows(inputs.table.quality, rows);
  examples.cost_normalised = normalised_costs(inputs.table, inputs.normaliser, rows);
  examples.latency_s = select_rows(inputs.table.latency_s, rows);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    examples.labels.push_back(relabelled(inputs.table.labels[rows[i]], i));
    examples.text_sha256.push_back(base::sha256_hex(inputs.table.normalised_texts[rows[i]]));
  }
  return examples;
}

/// (queries, models) -> per model, the mean over the rows; NaN where none is known.
template <class T>
std::vector<double> column_means(const base::BasicMatrix<T>& cells,
                                 const std::vector<std::uint32_t>& rows,
                                 std::size_t models) {
  std::vector<double> means(models, std::numeric_limits<double>::quiet_NaN());
  for (std::size_t model = 0; !cells.empty() && model < models; ++model) {
    double sum = 0;
    std::size_t count = 0;
    for (const std::uint32_t row : rows) {
      if (const T value = cells(row, model); !std::isnan(value)) {
        sum += static_cast<double>(value);
        ++count;
      }
    }
    if (count > 0) {
      means[model] = sum / static_cast<double>(count);
    }
  }
  return means;
}

/// Rows whose text stands in none of `others`. A split by text never gives any to remove; one made
/// by other means may.
std::vector<std::uint32_t> without_texts_of(const std::vector<std::uint32_t>& rows,
                                            const std::vector<std::uint32_t>& others,
                                            const std::vector<std::string>& texts) {
  std::unordered_set<std::string_view> taken;
  for (const std::uint32_t row : others) {
    taken.insert(texts[row]);
  }
  std::vector<std::uint32_t> kept;
  std::ranges::copy_if(rows, std::back_inserter(kept), [&](std::uint32_t row) {
    return !taken.contains(texts[row]);
  });
  return kept;
}

}  // namespace

Embeddings Embeddings::from_pooled(const base::Matrix& pooled) {
  static constexpr double kSmallestNorm = 1e-12;
  Embeddings embeddings{base::Matrix(pooled.rows(), pooled.columns()),
                        std::vector<float>(pooled.rows())};
  for (std::size_t i = 0; i < pooled.rows(); ++i) {
    double squares = 0;
    for (const float value : pooled.row(i)) {
      squares += static_cast<double>(value) * static_cast<double>(value);
    }
    const double norm = std::max(std::sqrt(squares), kSmallestNorm);
    embeddings.norms[i] = static_cast<float>(norm);
    std::ranges::transform(pooled.row(i), embeddings.unit.row(i).begin(), [norm](float value) {
      return static_cast<float>(value / norm);
    });
  }
  return embeddings;
}

Embeddings Embeddings::rows(const std::vector<std::uint32_t>& indices) const {
  Embeddings selected{select_rows(unit, indices), {}};
  for (const std::uint32_t index : indices) {
    selected.norms.push_back(norms[index]);
  }
  return selected;
}

Examples Examples::rows(const std::vector<std::uint32_t>& indices) const {
  Examples selected;
  selected.embeddings = embeddings.rows(indices);
  selected.quality = select_rows(quality, indices);
  selected.cost_normalised = select_rows(cost_normalised, indices);
  selected.latency_s = select_rows(latency_s, indices);
  for (std::size_t i = 0; i < indices.size(); ++i) {
    selected.labels.push_back(relabelled(labels[indices[i]], i));
    selected.text_sha256.push_back(text_sha256[indices[i]]);
  }
  return selected;
}

Examples few_shots(const Examples& examples, std::size_t shots) {
  std::unordered_map<std::uint32_t, std::size_t> seen;
  std::vector<std::uint32_t> kept;
  for (std::uint32_t row = 0; row < examples.size(); ++row) {
    const std::vector<core::TaskLabel>& labels = examples.labels[row];
    const auto heaviest = std::ranges::max_element(labels, {}, &core::TaskLabel::weight);
    if (heaviest != labels.end() && seen[heaviest->node]++ < shots) {
      kept.push_back(row);
    }
  }
  return examples.rows(kept);
}

TrainingSet build_training_set(const TrainingInputs& inputs) {
  const OutcomeTable& table = inputs.table;
  CHECK(inputs.embeddings.norms.size() == table.queries.size(),
        "{} vectors for {} queries",
        inputs.embeddings.norms.size(),
        table.queries.size());
  CHECK(inputs.task_embeddings.norms.size() == table.taxonomy.nodes().size(),
        "{} vectors for {} task types",
        inputs.task_embeddings.norms.size(),
        table.taxonomy.nodes().size());
  const std::vector<std::uint32_t> train =
      without_duplicates(inputs.split.train, table.normalised_texts);
  const std::vector<std::uint32_t> validation =
      without_texts_of(without_duplicates(inputs.split.validation, table.normalised_texts),
                       train,
                       table.normalised_texts);
  TrainingSet set;
  set.models = table.models;
  set.mean_cost = column_means(table.cost, train, table.models.size());
  set.mean_input_tokens = column_means(table.input_tokens, train, table.models.size());
  set.mean_output_tokens = column_means(table.output_tokens, train, table.models.size());
  set.train = copy_examples(inputs, train);
  set.validation = copy_examples(inputs, validation);
  set.taxonomy = table.taxonomy;
  set.task_embeddings = inputs.task_embeddings;
  set.normaliser = inputs.normaliser;
  set.has_costs = table.has_costs();
  set.seed = inputs.seed;
  return set;
}

}  // namespace wend::data
