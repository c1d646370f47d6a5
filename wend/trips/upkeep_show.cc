// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/upkeep_show.h"

#include <algorithm>
#include <utility>

#include "wend/policy/policy.h"

namespace wend::trips {

using base::Result;

namespace {

std::string state_of(const UpkeepArtifact& artifact, const std::string& id) {
  const Tombstone* const tombstone = artifact.find_tombstone(id);
  if (tombstone == nullptr) {
    return "live";
  }
  return tombstone->into.empty() ? "pruned" : "merged into " + tombstone->into;
}

/// Rows that the tasks rest on: of the model that has most, since some outcomes may be missing.
float rows_of(const UpkeepArtifact& artifact, const std::vector<std::size_t>& tasks) {
  float most = 0;
  for (std::size_t model = 0; model < artifact.manifest.models.size(); ++model) {
    float sum = 0;
    for (const std::size_t task : tasks) {
      sum += artifact.table.count(model, task);
    }
    most = std::max(most, sum);
  }
  return most;
}

/// Means of the tasks' columns by the rows they rest on.
std::vector<core::ModelScore> means_of(const UpkeepArtifact& artifact,
                                       const std::vector<std::size_t>& tasks) {
  const std::size_t models = artifact.manifest.models.size();
  const base::Matrix& g = artifact.table.g;
  std::vector<float> means(g.rows());
  for (std::size_t row = 0; row < g.rows(); ++row) {
    double sum = 0;
    double weight = 0;
    for (const std::size_t task : tasks) {
      const double count = artifact.table.count(row % models, task);
      sum += count * static_cast<double>(g(row, task));
      weight += count;
    }
    means[row] = static_cast<float>(sum / weight);
  }
  return artifact.table.columns.scores(means, artifact.manifest.normaliser);
}

Result<ShownNode> show_node(const UpkeepArtifact& artifact,
                            const core::TaskNode& node,
                            core::Preference preference) {
  ShownNode shown;
  shown.node = node;
  shown.state = state_of(artifact, node.id);
  const std::vector<std::size_t> tasks = artifact.live_tasks_below(node.id);
  if (tasks.empty()) {
    shown.state = shown.state == "live" ? "empty" : shown.state;
    return shown;
  }
  shown.count = rows_of(artifact, tasks);
  shown.models = means_of(artifact, tasks);
  const core::Scores scores = {shown.models, {}};
  shown.best =
      TRY(policy::HighestUtility().decide(scores, artifact.manifest.models, {preference})).model;
  return shown;
}

}  // namespace

Result<std::vector<ShownNode>> show_nodes(const UpkeepArtifact& artifact,
                                          core::Preference preference) {
  std::vector<ShownNode> shown;
  for (const core::TaskNode& node : artifact.manifest.taxonomy.nodes()) {
    const bool is_task_or_above = !artifact.manifest.tasks_below(node.id).empty();
    if (is_task_or_above || artifact.find_tombstone(node.id) != nullptr) {
      shown.push_back(TRY(show_node(artifact, node, preference)));
    }
  }
  return shown;
}

}  // namespace wend::trips
