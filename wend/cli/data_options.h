// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "wend/base/progress.h"
#include "wend/base/result.h"
#include "wend/cli/verbs.h"
#include "wend/trips/from_data.h"

namespace CLI {
class App;
}

namespace wend::cli {

void declare_data_options(CLI::App& verb, DataOptions& options);

/// The options with the configuration's defaults filled in and read.
struct DataChoice {
  data::SplitShares shares;
  data::NormaliserKind normaliser = data::NormaliserKind::kReference;
  data::MissingCells missing = data::MissingCells::kDrop;  ///< eval's --missing.
  bool with_kinds = false;  ///< Whether a router takes the coarse kinds as its task types.
};

base::Result<DataChoice> resolve(const DataOptions& options, const trips::Config& config);

/// The rows that a verb trains on.
struct LearntRows {
  std::uint64_t first_seed = 1;
  std::uint64_t seeds = 1;  ///< From the first on, each with a split of its own.
  bool is_plain_split =
      true;  ///< Of --dataset itself, by --split: no other protocol, no --train-on.
};

/// Refuses a folder of tasks (--tasks DIR) that `wend discover` found in other rows than those a
/// verb learns from: its test rows would have been looked at.
base::Status check_tasks_split(const DataOptions& options,
                               const trips::Config& config,
                               const LearntRows& learnt);

/// What the collections of a verb are read from and embedded with.
struct DataSource {
  std::unique_ptr<store::Store> store;
  trips::TextEmbedder embedder;
  std::size_t threads = 0;
  base::Progress* progress = nullptr;  ///< May be null.
};

base::Result<DataSource> open_source(const Globals& globals,
                                     const trips::Config& config,
                                     base::Progress* progress);

/// The collection's table and vectors.
base::Result<trips::PreparedData> prepare(DataSource& source,
                                          const DataOptions& options,
                                          const DataChoice& choice);

/// Those of another collection, restricted to the models of `like`, by its own taxonomy.
base::Result<trips::PreparedData> prepare_like(DataSource& source,
                                               const data::OutcomeTable& like,
                                               const std::string& dataset,
                                               const DataChoice& choice);

}  // namespace wend::cli
