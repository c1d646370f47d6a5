// SPDX-License-Identifier: Apache-2.0
#include <numeric>
#include <utility>

#include <nlohmann/json.hpp>

#include "wend/routers/override_list.h"
#include "wend/trips/upkeep_artifact.h"
#include "wend/trips/upkeep_tree.h"

namespace wend::trips {

using base::Code;
using base::fail;
using base::Result;
using nlohmann::ordered_json;

namespace {

struct Pair {
  std::size_t from;
  std::size_t into;
};

/// The tensors of the table as trained, without overrides.
struct RawTable {
  base::Matrix g;
  base::Matrix variance;
  base::Matrix count;

  static Result<RawTable> load(const ml::TensorMap& weights) {
    return RawTable{TRY(weights.matrix("table")),
                    TRY(weights.matrix("quality_variance")),
                    TRY(weights.matrix("quality_count"))};
  }

  void put_into(ml::TensorMap& weights) const {
    weights.put("table", ml::Tensor::from_matrix(g));
    weights.put("quality_variance", ml::Tensor::from_matrix(variance));
    weights.put("quality_count", ml::Tensor::from_matrix(count));
  }

  /// What is known of both as one: means by the rows they rest on, and the spread of their union.
  void pool(Pair tasks) {
    const std::size_t models = count.rows();
    for (std::size_t row = 0; row < g.rows(); ++row) {
      const std::size_t model = row % models;
      const float a = count(model, tasks.into);
      const float b = count(model, tasks.from);
      const float mean = (a * g(row, tasks.into) + b * g(row, tasks.from)) / (a + b);
      if (row < models) {  // Quality stands first.
        const float da = g(row, tasks.into) - mean;
        const float db = g(row, tasks.from) - mean;
        variance(model, tasks.into) = (a * (variance(model, tasks.into) + da * da) +
                                       b * (variance(model, tasks.from) + db * db)) /
                                      (a + b);
      }
      g(row, tasks.into) = mean;
    }
    for (std::size_t model = 0; model < models; ++model) {
      count(model, tasks.into) += count(model, tasks.from);
    }
  }
};

/// Everything whose weight went to `from` goes to `into` with it, so that no weight moves twice.
ml::Tensor redirected(const routers::TaskFate& fate, Pair tasks) {
  std::vector<float> targets(fate.mask.size());
  std::iota(targets.begin(), targets.end(), 0.0F);
  for (const auto& [from, to] : fate.merges) {
    targets[from] = static_cast<float>(to == tasks.from ? tasks.into : to);
  }
  targets[tasks.from] = static_cast<float>(tasks.into);
  return ml::Tensor::from_vector(targets);
}

Result<ml::Artifact> merge_tasks(const UpkeepArtifact& before, Pair tasks) {
  ml::Artifact merged = before.artifact;
  RawTable table = TRY(RawTable::load(merged.weights));
  table.pool(tasks);
  table.put_into(merged.weights);
  merged.weights.put("task_merge", redirected(before.fate, tasks));
  return merged;
}

/// The overrides as they apply to the same task types in the new tree: one of a node that has
/// others below it now is told task by task.
ordered_json kept_overrides(const routers::RouterManifest& before, const core::Taxonomy& tree) {
  routers::RouterManifest after = before;
  after.taxonomy = tree;
  ordered_json list = ordered_json::array();
  for (core::Override override : before.overrides) {
    const std::vector<std::size_t> tasks = before.tasks_below(override.node);
    if (after.tasks_below(override.node) == tasks) {
      list.push_back(routers::override_json(override));
      continue;
    }
    for (const std::size_t task : tasks) {
      override.node = before.tasks[task].id;
      list.push_back(routers::override_json(override));
    }
  }
  return list;
}

/// The tree and the names that are shown follow; no number changes.
ml::Artifact merge_branches(const UpkeepArtifact& before, Pair nodes) {
  const core::Taxonomy moved =
      with_children_moved(before.manifest.taxonomy, nodes.from, nodes.into);
  ordered_json manifest = ordered_json::parse(before.artifact.manifest_json);
  manifest["taxonomy"] = ordered_json::parse(moved.to_json());
  if (!before.manifest.overrides.empty()) {
    manifest["overrides"] = kept_overrides(before.manifest, moved);
  }
  for (ordered_json& task : manifest["tasks"]) {
    const std::size_t node = *moved.find(task["id"].get<std::string>());
    task["name"] = moved.names(std::span(&node, 1)).front().name;
  }
  return {manifest.dump(), before.artifact.weights};
}

/// The tombstone; and a tombstone that pointed at `from` points at `into`.
void bury(ordered_json& manifest, const core::TaskNode& from, const std::string& into) {
  ordered_json& tombstones = manifest["tombstones"];
  for (ordered_json& earlier : tombstones) {
    if (earlier.value("into", "") == from.id) {
      earlier["into"] = into;
    }
  }
  tombstones.push_back({{"id", from.id}, {"name", from.name}, {"into", into}});
}

}  // namespace

Result<Upkept> merge(const ml::Artifact& artifact,
                     const std::string& into,
                     const std::string& from) {
  const UpkeepArtifact before = TRY(UpkeepArtifact::open(artifact));
  const Pair nodes = {TRY(before.find_node(from)), TRY(before.find_node(into))};
  if (nodes.from == nodes.into) {
    return fail(Code::kInvalidArgument, "'{}' cannot be merged into itself", into);
  }
  const core::TaskNode& grave = before.manifest.taxonomy.nodes()[nodes.from];
  const auto task_from = before.find_task(from);
  const auto task_into = before.find_task(into);
  const bool same_level = grave.level == before.manifest.taxonomy.nodes()[nodes.into].level;
  if (task_from.has_value() != task_into.has_value() || (!task_from && !same_level)) {
    return fail(Code::kInvalidArgument,
                "'{}' and '{}': expected two task types of the table, or two nodes of one level "
                "above them",
                into,
                from);
  }
  ml::Artifact merged = task_from ? TRY(merge_tasks(before, {*task_from, *task_into}))
                                  : merge_branches(before, nodes);
  ordered_json manifest = ordered_json::parse(merged.manifest_json);
  bury(manifest, grave, into);
  merged.manifest_json = manifest.dump();
  const ordered_json step = {{"verb", "merge"}, {"into", into}, {"node", from}};
  Upkept upkept = TRY(sealed(before, std::move(merged), step.dump()));
  upkept.changed.insert(
      upkept.changed.begin(),
      {from, "", "state", "\"live\"", ordered_json("merged into " + into).dump()});
  return upkept;
}

}  // namespace wend::trips
