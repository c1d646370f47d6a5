// SPDX-License-Identifier: Apache-2.0
// What `wend discover` tells at its end.
#pragma once

#include <optional>
#include <string>

#include "wend/cli/discover_options.h"
#include "wend/llm/dialogue_run.h"
#include "wend/trips/describe.h"
#include "wend/trips/discover.h"
#include "wend/trips/name_tasks.h"

namespace wend::cli {

/// Seconds of the parts that discovery does not time itself.
struct DiscoverTiming {
  double prepare = 0;
  double describe = 0;
  double find = 0;  ///< All of finding: discovery's own stages and what tells of the tasks.
  double name = 0;
  double write = 0;
};

/// What a model was asked in the course of a discovery.
struct AskedDescriber {
  std::string model;  ///< Empty: none was asked.
  llm::DialogueEstimate estimate;
  std::optional<trips::DescribeResult> described;
  std::optional<trips::NameResult> named;

  double spent() const {
    return (described ? described->asked.run.spent : 0) + (named ? named->asked.run.spent : 0);
  }
};

/// A discovery that came to its end.
struct DiscoverOutcome {
  const DiscoverOptions& options;
  const trips::TaskDiscovery& discovery;
  const AskedDescriber& asked;
  DiscoverTiming timing;
  std::string currency;
};

/// On stdout, as JSON or for a person.
void print_discovery(const Globals& globals, const DiscoverOutcome& outcome);

/// The same of one that stopped while a model was asked: what was answered is kept, nothing is
/// written. Returns the exit status.
int print_stopped_discovery(const Globals& globals,
                            const DiscoverOptions& options,
                            const AskedDescriber& asked,
                            const std::string& currency);

}  // namespace wend::cli
