// SPDX-License-Identifier: Apache-2.0
// The trip of `wend discover`: a collection's train and validation rows to task types, and the
// files that tell of them (docs/formats/discovery.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "wend/base/progress.h"
#include "wend/base/result.h"
#include "wend/data/split.h"
#include "wend/discover/agreement.h"
#include "wend/trips/descriptions.h"
#include "wend/trips/find_tasks.h"
#include "wend/trips/from_data.h"

namespace wend::trips {

struct DiscoverRequest {
  TaskFinding finding;
  data::SplitShares shares;
  std::string split_text;  ///< The shares as given, for the record.
  std::uint64_t seed = 1;
  std::size_t threads = 0;
  std::string describer;  ///< The model that described the prompts; empty: none.
  std::string compare;    ///< A field of queries.jsonl that names known topics; empty: none.
};

/// What is known of the prompts beforehand.
struct KnownTopics {
  std::string field;
  std::size_t count = 0;
  std::vector<std::int32_t> topic;  ///< Per row of the set; -1: none.
};

/// How well the tasks agree with known topics, over the prompts that have both.
struct TopicAgreement {
  std::string field;
  std::size_t topics = 0;
  discover::Agreement agreement;
};

struct TaskDiscovery {
  data::TrainingSet set;  ///< Everything that the tasks were found in.
  /// Per row of the set (train, then validation), its rows of the table: more than one where a text
  /// stands there more than once.
  std::vector<std::vector<std::uint32_t>> table_rows;
  std::optional<KnownTopics> known;  ///< Of the field to compare with.
  FoundTasks found;
  std::optional<TopicAgreement> agreement;
};

/// The train and validation rows of a split, as they are learnt from. Fails where none has the
/// field that is to be compared with.
base::Result<TaskDiscovery> split_for_discovery(const DiscoverRequest& request,
                                                const PreparedData& prepared);

/// By the first of each table_rows. Fails where no prompt has the field.
base::Result<KnownTopics> known_topics(const std::string& field,
                                       const data::OutcomeTable& table,
                                       const std::vector<std::vector<std::uint32_t>>& table_rows);

/// What was said of the prompts of a table, and its vectors.
struct PromptDescriptions {
  DescriptionsById sentences;
  VectorsByText vectors;
};

/// Finds the tasks, and names them by their words. descriptions and progress may be null. Fails
/// where no task is large enough, and once a stop is asked for.
base::Status discover(const DiscoverRequest& request,
                      const PreparedData& prepared,
                      const PromptDescriptions* descriptions,
                      TaskDiscovery& discovery,
                      base::Progress* progress);

/// Writes taxonomy.json, task_labels.jsonl, discovery.json, map.html and, where there are some,
/// descriptions.jsonl into a folder, which is made where it is not there. No clock and no path:
/// equal discoveries give equal bytes.
base::Status write_discovery(const DiscoverRequest& request,
                             const PreparedData& prepared,
                             const PromptDescriptions* descriptions,
                             const TaskDiscovery& discovery,
                             const std::string& folder);

/// What discovery.json says of the rows the tasks were found in.
struct DiscoveredOn {
  std::string dataset;
  std::uint64_t seed = 1;
  std::string split;
};

/// Nothing where the folder's tasks were not discovered.
base::Result<std::optional<DiscoveredOn>> discovered_on(const std::string& folder);

}  // namespace wend::trips
