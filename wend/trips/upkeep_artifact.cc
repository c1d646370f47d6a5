// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/upkeep_artifact.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "wend/base/hash.h"
#include "wend/base/suggest.h"
#include "wend/ml/safetensors.h"
#include "wend/routers/factory.h"
#include "wend/routers/finerouter/options.h"
#include "wend/routers/finerouter/task_tables.h"

namespace wend::trips {

using base::Code;
using base::fail;
using base::Result;
using nlohmann::ordered_json;

namespace {

constexpr std::size_t kIdDigits = 12;

/// What a decision depends on beside the weights.
constexpr const char* kScoringKeys[] = {
    "config", "tasks", "taxonomy", "models", "normaliser", "encoder", "overrides", "tombstones"};

Result<std::string> text_of(const ordered_json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) {
    return fail(Code::kDataLoss, "manifest.json: expected a text '{}'", key);
  }
  return found->get<std::string>();
}

Result<std::vector<Tombstone>> read_tombstones(const ordered_json& manifest) {
  std::vector<Tombstone> tombstones;
  for (const char* key : {"tombstones", "upkeep"}) {
    if (manifest.contains(key) && !manifest[key].is_array()) {
      return fail(Code::kDataLoss, "manifest.json: expected '{}' to be a list", key);
    }
  }
  const auto found = manifest.find("tombstones");
  if (found == manifest.end()) {
    return tombstones;
  }
  for (const ordered_json& object : *found) {
    if (!object.is_object()) {
      return fail(Code::kDataLoss, "manifest.json: tombstones: expected objects");
    }
    tombstones.push_back({TRY(text_of(object, "id")),
                          TRY(text_of(object, "name")),
                          object.contains("into") ? TRY(text_of(object, "into")) : ""});
  }
  return tombstones;
}

std::vector<bool> live_tasks(const routers::TaskFate& fate) {
  std::vector<bool> live;
  for (const float mask : fate.mask) {
    live.push_back(mask > 0);
  }
  for (const auto& [from, to] : fate.merges) {
    live[from] = false;
  }
  return live;
}

std::string new_id(const std::string& router,
                   const ordered_json& manifest,
                   const ml::TensorMap& weights) {
  base::Sha256 hash;
  hash.update(ml::to_safetensors(weights));
  for (const char* key : kScoringKeys) {
    hash.update(key).update(manifest.contains(key) ? manifest[key].dump() : "");
  }
  return router + "-" + base::to_hex(hash.finish()).substr(0, kIdDigits);
}

/// The rest of what upkeep goes by; the table's error is passed on with the file's name.
Result<UpkeepArtifact> with_table(const ml::Artifact& artifact,
                                  routers::RouterManifest manifest,
                                  Result<routers::StoredTable> table) {
  const ordered_json object = ordered_json::parse(artifact.manifest_json);
  std::string id = TRY(text_of(object, "id"));
  std::vector<Tombstone> tombstones = TRY(read_tombstones(object));
  if (!table) {
    return base::pass_on(std::move(table), "weights.safetensors");
  }
  auto fate = routers::TaskFate::load(artifact.weights, manifest.tasks.size());
  if (!fate) {
    return base::pass_on(std::move(fate), "weights.safetensors");
  }
  std::vector<bool> live = live_tasks(*fate);
  return UpkeepArtifact{artifact,
                        std::move(id),
                        std::move(manifest),
                        *std::move(table),
                        *std::move(fate),
                        std::move(tombstones),
                        std::move(live)};
}

/// What FineRouter's first stage knows of its task types, in the rows of TRouter's table; without
/// the column of the prompts that have none.
Result<routers::StoredTable> outcomes_table(const routers::RouterManifest& manifest,
                                            const ml::TensorMap& weights) {
  const std::size_t models = manifest.models.size();
  const std::size_t tasks = manifest.tasks.size();
  const auto outcomes = TRY(routers::TaskTables::load(weights, models, tasks));
  using routers::Metric;
  routers::StoredTable table{
      {{Metric::kQuality, Metric::kCost}, models, 1}, {2 * models, tasks}, {}, {models, tasks}, {}};
  table.count = table.variance;
  for (std::size_t m = 0; m < models; ++m) {
    const auto copy = [&](const base::Matrix& from, base::Matrix& to, std::size_t row) {
      std::ranges::copy(from.row(m).first(tasks), to.row(row).begin());
    };
    copy(outcomes.quality, table.g, m);
    copy(outcomes.cost, table.g, models + m);
    copy(outcomes.variance, table.variance, m);
    copy(outcomes.count, table.count, m);
  }
  return table;
}

/// The version that a reader must know to score rightly.
int format_version(const ordered_json& manifest, const ml::TensorMap& weights) {
  const bool corrected = manifest.contains("overrides") || weights.has("task_merge");
  return corrected ? ml::kCorrectedArtifactFormatVersion : ml::kArtifactFormatVersion;
}

}  // namespace

Result<UpkeepArtifact> UpkeepArtifact::open(const ml::Artifact& artifact) {
  routers::RouterManifest manifest = TRY(routers::RouterManifest::parse(artifact.manifest_json));
  if (manifest.router != "trouter") {
    return fail(Code::kFailedPrecondition,
                "the artifact is of router '{}', whose task types cannot be changed after "
                "training; expected one of trouter",
                manifest.router);
  }
  auto table = routers::StoredTable::load(manifest, artifact.weights);
  return with_table(artifact, std::move(manifest), std::move(table));
}

Result<UpkeepArtifact> UpkeepArtifact::look_into(const ml::Artifact& artifact) {
  routers::RouterManifest manifest = TRY(routers::RouterManifest::parse(artifact.manifest_json));
  if (manifest.router == "trouter") {
    return open(artifact);
  }
  if (!routers::is_finerouter(manifest.router) || manifest.tasks.empty()) {
    return fail(Code::kFailedPrecondition,
                "the artifact is of router '{}', which has no task types; expected one of trouter, "
                "finerouter or finerouter_tasks",
                manifest.router);
  }
  auto table = outcomes_table(manifest, artifact.weights);
  return with_table(artifact, std::move(manifest), std::move(table));
}

const Tombstone* UpkeepArtifact::find_tombstone(const std::string& name) const {
  const auto found = std::ranges::find(tombstones, name, &Tombstone::id);
  return found == tombstones.end() ? nullptr : &*found;
}

Result<std::size_t> UpkeepArtifact::find_node(const std::string& name) const {
  const std::optional<std::size_t> node = manifest.taxonomy.find(name);
  if (!node) {
    std::vector<std::string> known;
    for (const core::TaskNode& other : manifest.taxonomy.nodes()) {
      known.push_back(other.id);
    }
    return fail(Code::kInvalidArgument,
                "there is no task type '{}'{}; wend taxonomy show --artifact DIR lists them",
                name,
                base::did_you_mean(name, known));
  }
  if (const Tombstone* tombstone = find_tombstone(name)) {
    return tombstone->into.empty()
               ? fail(Code::kFailedPrecondition, "the task type '{}' was pruned", name)
               : fail(Code::kFailedPrecondition,
                      "the task type '{}' was merged into '{}'; name that one",
                      name,
                      tombstone->into);
  }
  if (manifest.tasks_below(name).empty()) {
    return fail(Code::kFailedPrecondition,
                "'{}' lies below the task types that the artifact was trained on; name the one "
                "above it",
                name);
  }
  return *node;
}

Result<std::size_t> UpkeepArtifact::find_model(const std::string& name) const {
  std::vector<std::string> known;
  for (const core::ModelCard& card : manifest.models) {
    known.push_back(card.id);
  }
  const auto found = std::ranges::find(known, name);
  if (found == known.end()) {
    return fail(Code::kInvalidArgument,
                "the artifact has no model '{}'{}",
                name,
                base::did_you_mean(name, known));
  }
  return static_cast<std::size_t>(found - known.begin());
}

std::optional<std::size_t> UpkeepArtifact::find_task(const std::string& node) const {
  const auto found = std::ranges::find(manifest.tasks, node, &core::TaskName::id);
  return found == manifest.tasks.end()
             ? std::nullopt
             : std::optional(static_cast<std::size_t>(found - manifest.tasks.begin()));
}

std::vector<std::size_t> UpkeepArtifact::live_tasks_below(const std::string& node) const {
  std::vector<std::size_t> tasks = manifest.tasks_below(node);
  std::erase_if(tasks, [&](std::size_t task) { return !live[task]; });
  return tasks;
}

std::string shortest_json(float value) {
  return fmt::format("{}", value);
}

std::vector<TableChange> table_changes(const UpkeepArtifact& before, const UpkeepArtifact& after) {
  std::vector<TableChange> changes;
  const auto compare = [&](std::size_t task, std::size_t model, routers::Metric metric) {
    const auto row = after.table.columns.row(metric, model);
    if (!row) {
      return;
    }
    const bool is_new =
        model >= before.manifest.models.size() || task >= before.manifest.tasks.size();
    const float to = after.table.g(*row, task);
    const float from =
        is_new ? 0.0F : before.table.g(*before.table.columns.row(metric, model), task);
    if (is_new || from != to) {
      changes.push_back({after.manifest.tasks[task].id,
                         after.manifest.models[model].id,
                         metric == routers::Metric::kQuality ? "quality" : "cost",
                         is_new ? "null" : shortest_json(from),
                         shortest_json(to)});
    }
  };
  for (std::size_t task = 0; task < after.manifest.tasks.size(); ++task) {
    for (std::size_t model = 0; model < after.manifest.models.size() && after.live[task]; ++model) {
      compare(task, model, routers::Metric::kQuality);
      compare(task, model, routers::Metric::kCost);
    }
  }
  return changes;
}

Result<Upkept> sealed(const UpkeepArtifact& before,
                      ml::Artifact changed,
                      const std::string& step_json) {
  ordered_json manifest = ordered_json::parse(changed.manifest_json);
  manifest["format_version"] = format_version(manifest, changed.weights);
  ordered_json step = ordered_json::parse(step_json);
  step["of"] = before.id;
  manifest["upkeep"].push_back(std::move(step));
  manifest["id"] = new_id(before.manifest.router, manifest, changed.weights);
  changed.manifest_json = manifest.dump(1);
  TRY(routers::load_router(changed));
  Upkept upkept;
  upkept.id = manifest["id"].get<std::string>();
  const UpkeepArtifact after = TRY(UpkeepArtifact::open(changed));
  upkept.changed = table_changes(before, after);
  upkept.artifact = std::move(changed);
  return upkept;
}

}  // namespace wend::trips
