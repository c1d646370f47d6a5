// SPDX-License-Identifier: Apache-2.0
// From a collection in the store to what every training and evaluation stands on: the table, the
// vectors of its texts, and the vectors of its task types.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "wend/base/progress.h"
#include "wend/base/result.h"
#include "wend/data/outcome_table.h"
#include "wend/data/training_set.h"
#include "wend/store/store.h"
#include "wend/trips/embeddings.h"
#include "wend/trips/find_tasks.h"

namespace wend::trips {

/// Whose task types a training goes by: the collection's, those of a folder, or those that are
/// found in the rows it learns from.
enum class TasksFrom : std::uint8_t { kCollection, kFolder, kDiscovery };

struct FromDataRequest {
  std::string dataset;
  data::TableOptions table;
  TasksFrom tasks_from = TasksFrom::kCollection;
  std::string tasks_folder = {};  ///< taxonomy.json and task_labels.jsonl of kFolder.
  bool with_kinds = false;        ///< Whether a router will want kind_embeddings.
  std::size_t threads = 0;
};

struct PreparedData {
  data::OutcomeTable table;
  std::vector<std::string> routing_texts;  ///< One per row of the table.
  data::Embeddings embeddings;             ///< One row per row of the table.
  data::Embeddings task_embeddings;        ///< One row per node of the taxonomy.
  TasksFrom tasks_from = TasksFrom::kCollection;
  /// Of sentences that describe the prompts, by the SHA-256 of a normalised text; discovery takes
  /// a prompt without one by its own vector.
  VectorsByText description_vectors;
  data::Embeddings kind_embeddings;  ///< One row per node of coarse_kinds(), where asked for.
  /// For texts that come up later, such as the summaries of tasks that are found: nothing of it is
  /// kept in the store, which may be closed by then. Loads the encoder when it is first called; one
  /// caller at a time.
  EmbedTexts embed;
  std::string encoder_sha256;
};

/// The routing texts by the SHA-256 of their normalised texts; borrows them.
TextsByHash prompt_texts(const PreparedData& prepared);

/// Reads, builds and embeds; vectors that the store has are not computed again. progress may be
/// null.
base::Result<PreparedData> prepare_data(const FromDataRequest& request,
                                        store::Store& store,
                                        TextEmbedder& embedder,
                                        base::Progress* progress);

/// The same of a collection at hand; `store` keeps vectors.
struct DatasetRequest {
  const data::Dataset& dataset;
  const data::TableOptions& table;
  std::size_t threads = 0;
};

base::Result<PreparedData> prepare_dataset(const DatasetRequest& request,
                                           store::Store& store,
                                           TextEmbedder& embedder,
                                           base::Progress* progress);

}  // namespace wend::trips
