// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "wend/trips/upkeep_show.h"

namespace wend::trips {
namespace {

/// What is in `here` and not in `there`, in its order; of what is there once and here twice, one.
template <class Value>
std::vector<Value> only_in(const std::vector<Value>& here, std::vector<Value> there) {
  std::vector<Value> only;
  for (const Value& value : here) {
    const auto found = std::ranges::find(there, value);
    if (found == there.end()) {
      only.push_back(value);
    } else {
      there.erase(found);
    }
  }
  return only;
}

std::vector<std::string> node_ids(const UpkeepArtifact& artifact) {
  std::vector<std::string> ids;
  for (const core::TaskNode& node : artifact.manifest.taxonomy.nodes()) {
    ids.push_back(node.id);
  }
  return ids;
}

std::vector<std::string> model_ids(const UpkeepArtifact& artifact) {
  std::vector<std::string> ids;
  for (const core::ModelCard& card : artifact.manifest.models) {
    ids.push_back(card.id);
  }
  return ids;
}

/// A model's or a task type's place in both artifacts.
struct Both {
  std::size_t a;
  std::size_t b;
};

/// Of the ids of `b`, those that `a` has too.
std::vector<Both> in_both(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  std::vector<Both> both;
  for (std::size_t i = 0; i < b.size(); ++i) {
    if (const auto found = std::ranges::find(a, b[i]); found != a.end()) {
      both.push_back({static_cast<std::size_t>(found - a.begin()), i});
    }
  }
  return both;
}

std::vector<std::string> task_ids(const UpkeepArtifact& artifact) {
  std::vector<std::string> ids;
  for (const core::TaskName& task : artifact.manifest.tasks) {
    ids.push_back(task.id);
  }
  return ids;
}

class TableDiff {
 public:
  TableDiff(const UpkeepArtifact& a, const UpkeepArtifact& b, float threshold)
      : a_(a), b_(b), threshold_(threshold) {}

  std::vector<TableChange> changes() {
    const std::vector<Both> models = in_both(model_ids(a_), model_ids(b_));
    for (const Both task : in_both(task_ids(a_), task_ids(b_))) {
      if (!a_.live[task.a] || !b_.live[task.b]) {
        continue;
      }
      for (const Both model : models) {
        compare(task, model, routers::Metric::kQuality, "quality");
        compare(task, model, routers::Metric::kCost, "cost");
      }
    }
    return changes_;
  }

 private:
  void compare(Both task, Both model, routers::Metric metric, const char* name) {
    const auto row_a = a_.table.columns.row(metric, model.a);
    const auto row_b = b_.table.columns.row(metric, model.b);
    if (!row_a || !row_b) {
      return;
    }
    const float from = a_.table.g(*row_a, task.a);
    const float to = b_.table.g(*row_b, task.b);
    if (from != to && std::fabs(to - from) >= threshold_) {
      changes_.push_back({b_.manifest.tasks[task.b].id,
                          b_.manifest.models[model.b].id,
                          name,
                          shortest_json(from),
                          shortest_json(to)});
    }
  }

  const UpkeepArtifact& a_;
  const UpkeepArtifact& b_;
  float threshold_;
  std::vector<TableChange> changes_;
};

}  // namespace

ArtifactDiff diff_artifacts(const UpkeepArtifact& a, const UpkeepArtifact& b, float threshold) {
  ArtifactDiff diff;
  diff.nodes_added = only_in(node_ids(b), node_ids(a));
  diff.nodes_removed = only_in(node_ids(a), node_ids(b));
  diff.tombstones_added = only_in(b.tombstones, a.tombstones);
  diff.models_added = only_in(model_ids(b), model_ids(a));
  diff.models_removed = only_in(model_ids(a), model_ids(b));
  diff.overrides_added = only_in(b.manifest.overrides, a.manifest.overrides);
  diff.overrides_removed = only_in(a.manifest.overrides, b.manifest.overrides);
  diff.changed = TableDiff(a, b, threshold).changes();
  if (a.manifest.normaliser.to_json() != b.manifest.normaliser.to_json()) {
    diff.notes.emplace_back("their normalisers differ, so that equal costs are other numbers");
  }
  return diff;
}

}  // namespace wend::trips
