// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/grow_place.h"

#include <algorithm>
#include <optional>

namespace wend::trips {

using base::Code;
using base::fail;
using base::Result;

namespace {

constexpr std::size_t kDeepest = static_cast<std::size_t>(synth::Level::kDifficulty);

synth::NodeDraft draft_of(const core::TaskNode& node) {
  return {node.name, node.definition, node.example};
}

std::vector<synth::PathNode> path_to(const core::Taxonomy& taxonomy,
                                     std::optional<std::size_t> node) {
  std::vector<synth::PathNode> path;
  for (; node; node = taxonomy.nodes()[*node].parent) {
    const core::TaskNode& step = taxonomy.nodes()[*node];
    path.insert(path.begin(), synth::PathNode{step.id, draft_of(step)});
  }
  return path;
}

/// What lies right below and has no tombstone.
synth::NodeSet children_of(const UpkeepArtifact& artifact, std::optional<std::size_t> parent) {
  synth::NodeSet children;
  for (const core::TaskNode& node : artifact.manifest.taxonomy.nodes()) {
    if (node.parent == parent && artifact.find_tombstone(node.id) == nullptr) {
      children.push_back(draft_of(node));
    }
  }
  return children;
}

/// The level of the artifact's lowest task type, so that new ones are as fine as the old.
synth::Level lowest_level(const UpkeepArtifact& artifact) {
  std::size_t lowest = 0;
  for (const core::TaskName& task : artifact.manifest.tasks) {
    const core::Taxonomy& taxonomy = artifact.manifest.taxonomy;
    lowest = std::max(lowest, taxonomy.nodes()[*taxonomy.find(task.id)].level);
  }
  return static_cast<synth::Level>(std::min(lowest, kDeepest));
}

struct Cap {
  const char* key;
  std::int64_t value;
};

/// Of the children of a node at that depth; the root's is 0.
Cap cap_at(const SynthConfig& caps, std::size_t depth) {
  switch (depth) {
    case 0:
      return {"synth.max_domains", caps.max_domains};
    case 1:
      return {"synth.max_subcategories", caps.max_subcategories};
    default:
      return {"synth.max_levels", caps.max_levels};
  }
}

}  // namespace

Result<GrowPlace> grow_place(const UpkeepArtifact& artifact,
                             const std::string& under,
                             std::size_t at_most,
                             const SynthConfig& caps) {
  std::optional<std::size_t> node;
  if (!under.empty()) {
    node = TRY(artifact.find_node(under));
  }
  if (node && artifact.find_task(under)) {
    return fail(Code::kInvalidArgument, "'{}' is itself a task type; name the one above it", under);
  }
  GrowPlace place;
  place.end = lowest_level(artifact);
  place.branch.path = path_to(artifact.manifest.taxonomy, node);
  const std::size_t depth = place.branch.path.size();
  if (depth > static_cast<std::size_t>(place.end)) {
    return fail(Code::kInvalidArgument,
                "'{}' lies too deep: a branch grows below a domain or a subcategory",
                under);
  }
  place.branch.siblings = children_of(artifact, node);
  for (const core::TaskNode& other : artifact.manifest.taxonomy.nodes()) {
    place.branch.ids.push_back(other.id);
  }
  const Cap cap = cap_at(caps, depth);
  const std::size_t there = place.branch.siblings.size();
  if (there >= static_cast<std::size_t>(cap.value)) {
    return fail(Code::kFailedPrecondition,
                "{} has {} {}, and {} allows {}; raise it",
                under.empty() ? "the artifact" : "'" + under + "'",
                there,
                synth::plural_of(static_cast<synth::Level>(depth)),
                cap.key,
                cap.value);
  }
  const std::size_t room = static_cast<std::size_t>(cap.value) - there;
  place.branch.room = at_most == 0 ? room : std::min(room, at_most);
  return place;
}

}  // namespace wend::trips
