// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "wend/base/result.h"
#include "wend/cli/data_options.h"
#include "wend/cli/globals.h"
#include "wend/cli/verbs.h"
#include "wend/trips/discover.h"

namespace wend::cli {

/// What `wend discover` is told.
struct DiscoverOptions {
  DataOptions data;
  std::string out;
  std::string describe;  ///< Empty: discover.describer of the configuration.
  std::string objective = "modularity";
  std::string compare;
  trips::TaskFinding finding;
  std::optional<double> rbo_threshold;
  std::optional<double> budget;
  bool dry_run = false;
  bool yes = false;
};

void declare_discover_options(CLI::App& verb, DiscoverOptions& options);

base::Result<trips::DiscoverRequest> discover_request(const Globals& globals,
                                                      const DiscoverOptions& options,
                                                      const DataChoice& choice,
                                                      const trips::Config& config);

}  // namespace wend::cli
