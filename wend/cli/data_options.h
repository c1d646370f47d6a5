// SPDX-License-Identifier: Apache-2.0
#pragma once

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
};

base::Result<DataChoice> resolve(const DataOptions& options, const trips::Config& config);

/// The collection's table and vectors.
base::Result<trips::PreparedData> prepare(const Globals& globals,
                                          const DataOptions& options,
                                          const DataChoice& choice,
                                          data::MissingCells missing,
                                          const trips::Config& config,
                                          base::Progress* progress);

/// The same of another collection, restricted to the models of `like`, by its own taxonomy.
base::Result<trips::PreparedData> prepare_like(const data::OutcomeTable& like,
                                               const std::string& dataset,
                                               const Globals& globals,
                                               const trips::Config& config,
                                               base::Progress* progress);

}  // namespace wend::cli
