// SPDX-License-Identifier: Apache-2.0
// Everything that anything learnt may see: copies of the train and validation rows, and nothing of
// test. A router that is handed a TrainingSet cannot leak a test outcome, because none is in it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/core/model_card.h"
#include "wend/core/taxonomy.h"
#include "wend/data/normaliser.h"
#include "wend/data/outcome_table.h"
#include "wend/data/split.h"

namespace wend::data {

/// Vectors of texts as the encoder's pooling left them; unit vectors are what most routers see.
struct Embeddings {
  base::Matrix unit;         ///< (n, dim), L2-normalised rows.
  std::vector<float> norms;  ///< (n), norm of the pooled vector before.

  /// Rows of `pooled` divided by their norm (at least 1e-12).
  static Embeddings from_pooled(const base::Matrix& pooled);
  Embeddings rows(const std::vector<std::uint32_t>& indices) const;
};

/// The rows of one part, deduplicated by normalised text.
struct Examples {
  Embeddings embeddings;
  base::Matrix quality;  ///< (n, models); NaN where missing.
  /// (n, models), clamped to [0, 1]; NaN where missing; all 0 in a quality-only set.
  base::Matrix cost_normalised;
  base::Matrix latency_s;  ///< (n, models); NaN where missing; empty where unknown.
  /// Per row; weights sum to 1; empty where unlabelled.
  std::vector<std::vector<core::TaskLabel>> labels;
  std::vector<std::string> text_sha256;  ///< Of the normalised text: what the manifest lists.

  std::size_t size() const { return quality.rows(); }

  /// The rows at `indices`, in that order.
  Examples rows(const std::vector<std::uint32_t>& indices) const;
};

/// The first `shots` rows of each task type, in their order; a row's task type is that of its
/// heaviest label. Rows without a label are left out.
Examples few_shots(const Examples& examples, std::size_t shots);

struct TrainingSet {
  std::vector<core::ModelCard> models;
  // Per model over the train rows; NaN where unknown.
  std::vector<double> mean_cost;           ///< Currency. Orders "smallest" and "largest".
  std::vector<double> mean_input_tokens;   ///< What a change of price is rescaled at.
  std::vector<double> mean_output_tokens;  ///< Likewise.
  Examples train;
  Examples validation;
  core::Taxonomy taxonomy;
  Embeddings task_embeddings;  ///< One row per node of the taxonomy, of its profile text.
  Normaliser normaliser;
  bool has_costs = false;
  std::uint64_t seed = 1;
};

/// What build_training_set borrows.
struct TrainingInputs {
  const OutcomeTable& table;
  const Embeddings& embeddings;       ///< One row per row of the table.
  const Embeddings& task_embeddings;  ///< One row per node of the table's taxonomy.
  const Split& split;
  const Normaliser& normaliser;
  std::uint64_t seed = 1;
};

TrainingSet build_training_set(const TrainingInputs& inputs);

}  // namespace wend::data
