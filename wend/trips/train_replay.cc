// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/train_replay.h"

#include <optional>
#include <string>
#include <unordered_set>
#include <utility>

#include <nlohmann/json.hpp>

#include "wend/base/hash.h"
#include "wend/data/split.h"
#include "wend/data/training_set.h"
#include "wend/routers/trouter/train.h"
#include "wend/trips/from_data.h"
#include "wend/trips/manifest.h"
#include "wend/trips/upkeep_artifact.h"

namespace wend::trips {

using base::Code;
using base::fail;
using base::Result;
using nlohmann::ordered_json;

namespace {

/// Of the new rows; the rest is trained on.
constexpr double kValidationShare = 0.25;

/// The node of the grown tree that a label means today; nothing where it was pruned or is unknown.
std::optional<std::uint32_t> node_today(const UpkeepArtifact& grown, std::string id) {
  const Tombstone* tombstone = grown.find_tombstone(id);
  if (tombstone != nullptr && !tombstone->into.empty()) {
    id = tombstone->into;
    tombstone = grown.find_tombstone(id);
  }
  const auto node = grown.manifest.taxonomy.find(id);
  return node && tombstone == nullptr ? std::optional(static_cast<std::uint32_t>(*node))
                                      : std::nullopt;
}

/// Queries, labels and the artifact's models' outcomes of `from` behind those of `into`.
void append(const data::Dataset& from, const UpkeepArtifact& grown, data::Dataset& into) {
  const auto offset = static_cast<std::uint32_t>(into.queries.size());
  into.queries.insert(into.queries.end(), from.queries.begin(), from.queries.end());
  for (core::TaskLabel label : from.labels) {
    if (const auto node = node_today(grown, from.taxonomy.nodes()[label.node].id)) {
      label.query += offset;
      label.node = *node;
      into.labels.push_back(label);
    }
  }
  for (core::Outcome outcome : from.outcomes) {
    if (const auto model = grown.find_model(from.models[outcome.model].id)) {
      outcome.query += offset;
      outcome.model = static_cast<std::uint32_t>(*model);
      into.outcomes.push_back(outcome);
    }
  }
}

/// Both as one collection over the grown tree, its models in the artifact's order.
data::Dataset joined(const ReplayRequest& request, const UpkeepArtifact& grown) {
  data::Dataset dataset;
  dataset.name = request.old_rows.front().name;
  dataset.models = grown.manifest.models;
  dataset.taxonomy = grown.manifest.taxonomy;
  for (const data::Dataset& rows : request.old_rows) {
    append(rows, grown, dataset);
  }
  append(request.new_rows, grown, dataset);
  return dataset;
}

std::unordered_set<std::string> listed(const ordered_json& manifest, const char* part) {
  return manifest.at("queries").at(part).get<std::unordered_set<std::string>>();
}

/// Old rows as the artifact had them, new ones by their text; rows that it never saw are left out.
data::Split split_of(const ReplayRequest& request, const data::OutcomeTable& table) {
  const ordered_json before = ordered_json::parse(request.before.manifest_json);
  const auto old_train = listed(before, "train");
  const auto old_validation = listed(before, "validation");
  const auto grown = listed(ordered_json::parse(request.grown.manifest_json), "train");
  data::Split split;
  for (std::uint32_t row = 0; row < table.normalised_texts.size(); ++row) {
    const std::string& text = table.normalised_texts[row];
    const std::string hash = base::sha256_hex(text);
    const bool is_old = old_train.contains(hash) || old_validation.contains(hash);
    const bool validates = is_old ? old_validation.contains(hash)
                                  : data::split_fraction(request.seed, text) < kValidationShare;
    if (is_old || grown.contains(hash)) {
      (validates ? split.validation : split.train).push_back(row);
    }
  }
  return split;
}

Result<data::TrainingSet> training_set(const ReplayRequest& request,
                                       const UpkeepArtifact& grown,
                                       const PreparedData& prepared) {
  if (prepared.table.models.size() != grown.manifest.models.size()) {
    return fail(Code::kFailedPrecondition,
                "'{}' has no outcomes with a cost of some of the artifact's models; train anew, or "
                "grow without --replay-old",
                request.old_rows.front().name);
  }
  const data::Split split = split_of(request, prepared.table);
  return data::build_training_set({prepared.table,
                                   prepared.embeddings,
                                   prepared.task_embeddings,
                                   split,
                                   grown.manifest.normaliser,
                                   request.seed});
}

/// The trained weights with what upkeep had left beside them.
ml::Artifact trained_artifact(const ml::Artifact& grown,
                              const routers::TrainedRouter& trained,
                              const data::TrainingSet& set) {
  ml::Artifact artifact{grown.manifest_json, trained.weights};
  for (const char* name : {"task_mask", "task_merge"}) {
    if (const auto kept = grown.weights.all().find(name); kept != grown.weights.all().end()) {
      artifact.weights.put(name, kept->second);
    }
  }
  ordered_json manifest = ordered_json::parse(grown.manifest_json);
  manifest["queries"] = {{"train", set.train.text_sha256},
                         {"validation", set.validation.text_sha256}};
  manifest["metrics"] = {{"epochs", trained.report.epochs},
                         {"best_epoch", trained.report.best_epoch},
                         {"validation_utility_sum", trained.report.validation_utility_sum},
                         {"parameters", trained.report.parameters}};
  artifact.manifest_json = manifest.dump();
  return artifact;
}

}  // namespace

Result<Upkept> replay_old(const ReplayRequest& request,
                          store::Store& store,
                          TextEmbedder& embedder,
                          base::Progress* progress) {
  const UpkeepArtifact before = TRY(UpkeepArtifact::open(request.before));
  const UpkeepArtifact grown = TRY(UpkeepArtifact::open(request.grown));
  const data::Dataset dataset = joined(request, grown);
  data::TableOptions table;
  table.missing = data::MissingCells::kKeep;
  table.cost = grown.table.columns.row(routers::Metric::kCost, 0) ? data::CostUse::kPriced
                                                                  : data::CostUse::kQualityOnly;
  for (const core::ModelCard& card : grown.manifest.models) {
    table.models.push_back(card.id);
  }
  const PreparedData prepared =
      TRY(prepare_dataset({dataset, table, request.threads}, store, embedder, progress));
  const data::TrainingSet set = TRY(training_set(request, grown, prepared));
  routers::TrainContext context{set};
  context.threads = request.threads;
  context.progress = progress;
  const routers::TrainedRouter trained =
      TRY(routers::train_trouter_on(grown.manifest, request.grown.weights, context));
  const ordered_json step = {{"verb", "replay"}, {"seed", request.seed}};
  Upkept upkept = TRY(sealed(grown, trained_artifact(request.grown, trained, set), step.dump()));
  upkept.changed = table_changes(before, TRY(UpkeepArtifact::open(upkept.artifact)));
  return upkept;
}

}  // namespace wend::trips
