// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "wend/trips/upkeep_artifact.h"
#include "wend/trips/upkeep_tree.h"

namespace wend::trips {

using base::Code;
using base::fail;
using base::Result;
using nlohmann::ordered_json;

namespace {

/// A task and all that was merged into it: its weight is theirs too.
void mask_out(std::vector<float>& mask,
              const std::vector<std::pair<std::size_t, std::size_t>>& merges,
              std::size_t task) {
  mask[task] = 0;
  for (const auto& [from, to] : merges) {
    mask[from] = to == task ? 0.0F : mask[from];
  }
}

}  // namespace

Result<Upkept> prune(const ml::Artifact& artifact, const std::string& node) {
  const UpkeepArtifact before = TRY(UpkeepArtifact::open(artifact));
  const std::size_t top = TRY(before.find_node(node));
  const std::vector<std::size_t> gone = before.live_tasks_below(node);
  if (gone.size() == static_cast<std::size_t>(std::ranges::count(before.live, true))) {
    return fail(Code::kFailedPrecondition,
                "without '{}' no task type would be left; keep one, or train anew",
                node);
  }
  std::vector<float> mask = before.fate.mask;
  std::vector<TableChange> changed;
  for (const std::size_t task : gone) {
    mask_out(mask, before.fate.merges, task);
    changed.push_back({before.manifest.tasks[task].id, "", "state", "\"live\"", "\"pruned\""});
  }
  ml::Artifact pruned = artifact;
  pruned.weights.put("task_mask", ml::Tensor::from_vector(mask));
  ordered_json manifest = ordered_json::parse(artifact.manifest_json);
  for (const std::size_t buried : nodes_below(before.manifest.taxonomy, top)) {
    const core::TaskNode& grave = before.manifest.taxonomy.nodes()[buried];
    if (before.find_tombstone(grave.id) == nullptr) {
      manifest["tombstones"].push_back({{"id", grave.id}, {"name", grave.name}});
    }
  }
  pruned.manifest_json = manifest.dump();
  Upkept upkept = TRY(
      sealed(before, std::move(pruned), ordered_json{{"verb", "prune"}, {"node", node}}.dump()));
  upkept.changed = std::move(changed);
  return upkept;
}

}  // namespace wend::trips
