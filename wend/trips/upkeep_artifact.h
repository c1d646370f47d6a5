// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/base/result.h"
#include "wend/ml/artifact.h"
#include "wend/routers/manifest.h"
#include "wend/routers/trouter/stored_table.h"
#include "wend/routers/trouter/task_fate.h"
#include "wend/trips/upkeep.h"

namespace wend::trips {

/// What became of a node that was taken out: its id stands for nothing else from then on.
struct Tombstone {
  std::string id;
  std::string name;
  std::string into;  ///< The node it was merged into; empty where it was pruned.

  friend bool operator==(const Tombstone&, const Tombstone&) = default;
};

/// An artifact opened for upkeep: what its manifest says of models and task types, and its table
/// with the overrides applied.
struct UpkeepArtifact {
  ml::Artifact artifact;
  std::string id;
  routers::RouterManifest manifest;
  routers::StoredTable table;
  routers::TaskFate fate;
  std::vector<Tombstone> tombstones;
  std::vector<bool> live;  ///< (tasks): neither pruned nor merged into another.

  /// To be changed. Fails for a router whose table of task types no upkeep can change.
  static base::Result<UpkeepArtifact> open(const ml::Artifact& artifact);

  /// To be looked at: FineRouter's too, by the outcomes of its task types. Fails for a router
  /// without task types.
  static base::Result<UpkeepArtifact> look_into(const ml::Artifact& artifact);

  /// Index into the taxonomy's nodes; an unknown id, or one with a tombstone, is an error that says
  /// what was meant or what became of it.
  base::Result<std::size_t> find_node(const std::string& name) const;

  const Tombstone* find_tombstone(const std::string& name) const;

  /// Index into the manifest's models; an unknown one is an error with a suggestion.
  base::Result<std::size_t> find_model(const std::string& name) const;

  /// Index into the manifest's tasks; nothing for a node that is none.
  std::optional<std::size_t> find_task(const std::string& node) const;

  /// Tasks at or below the node that are live.
  std::vector<std::size_t> live_tasks_below(const std::string& node) const;
};

/// "=0.5" as JSON and the like: the shortest decimal that gives the float back.
std::string shortest_json(float value);

/// The cells of quality and cost that differ, of tasks that are live in `after`; by task, model,
/// metric. Task types and models must stand at the same places in both; `after` may have more of
/// them, whose cells come from null.
std::vector<TableChange> table_changes(const UpkeepArtifact& before, const UpkeepArtifact& after);

/// The changed artifact with its new id, made of its contents, its format version and its history,
/// to which `step`, a JSON object, is added. Fails where no router could be loaded from it.
base::Result<Upkept> sealed(const UpkeepArtifact& before,
                            ml::Artifact changed,
                            const std::string& step_json);

}  // namespace wend::trips
