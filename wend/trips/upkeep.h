// SPDX-License-Identifier: Apache-2.0
// Taxonomy upkeep (paper C.4): a served artifact is corrected without training. Each verb takes an
// artifact and gives a new one; the old stays what it was, and the new one's manifest says what was
// done to which. Ids of task types are never reused: what is taken out leaves a tombstone.
// docs/formats/artifact.md has the keys and the arithmetic.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "wend/base/result.h"
#include "wend/core/override.h"
#include "wend/ml/artifact.h"

namespace wend::trips {

/// One number, or the state, of a task type that a verb changed.
struct TableChange {
  std::string task_id;
  std::string model;   ///< Empty where the task type itself changed.
  std::string metric;  ///< quality or cost, normalised; "state" where the task type itself changed.
  std::string from;    ///< As JSON.
  std::string to;      ///< As JSON.
};

struct Upkept {
  ml::Artifact artifact;
  std::string id;
  std::vector<TableChange> changed;
};

struct Adjustment {
  std::string node;
  std::string model;
  std::optional<core::Change> quality;
  std::optional<core::Change> cost;  ///< On the normalised scale.
};

/// Corrects a model's quality or cost, or both, at a task type and all below it. Needs at least one
/// of them. A change with '=' takes the place of earlier ones of the same node, model and metric.
base::Result<Upkept> adjust(const ml::Artifact& artifact, const Adjustment& adjustment);

/// Takes a task type, and all below it, out of the recogniser: the weight of a prompt spreads over
/// those that are left. Fails where none would be left.
base::Result<Upkept> prune(const ml::Artifact& artifact, const std::string& node);

/// Makes `from` part of `into`. Of two task types of the table: a prompt's weight of `from` counts
/// for `into`, whose numbers become the means of both by the rows they rest on. Of two nodes of one
/// level above them: the task types below `from` go under `into`, with their numbers.
base::Result<Upkept> merge(const ml::Artifact& artifact,
                           const std::string& into,
                           const std::string& from);

}  // namespace wend::trips
