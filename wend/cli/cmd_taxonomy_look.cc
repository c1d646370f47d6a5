// SPDX-License-Identifier: Apache-2.0
// The verbs that look at artifacts and change none.
#include <cmath>
#include <utility>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "wend/base/text_table.h"
#include "wend/cli/number_option.h"
#include "wend/cli/spend.h"
#include "wend/cli/taxonomy_changes.h"
#include "wend/cli/taxonomy_verbs.h"
#include "wend/routers/override_list.h"
#include "wend/trips/upkeep_show.h"

namespace wend::cli {

using base::Result;
using Json = nlohmann::ordered_json;

namespace {

Result<trips::UpkeepArtifact> open_artifact(const std::string& folder) {
  const ml::Artifact artifact = TRY(ml::read_artifact(folder));
  auto opened = trips::UpkeepArtifact::look_into(artifact);
  if (!opened) {
    return base::pass_on(std::move(opened), fmt::format("artifact '{}'", folder));
  }
  return opened;
}

Json overrides_json(const std::vector<core::Override>& overrides) {
  Json list = Json::array();
  for (const core::Override& override : overrides) {
    list.push_back(routers::override_json(override));
  }
  return list;
}

// show

/// Null where there is no number: a model without any outcome.
Json shortest(float value) {
  return std::isnan(value) ? Json() : Json::parse(trips::shortest_json(value));
}

Json to_json(const trips::ShownNode& shown, const trips::UpkeepArtifact& artifact) {
  const auto& cards = artifact.manifest.models;
  Json models = Json::array();
  for (std::size_t m = 0; m < shown.models.size(); ++m) {
    const core::ModelScore& score = shown.models[m];
    models.push_back({{"model", cards[m].id},
                      {"quality", shortest(score.quality)},
                      {"cost", score.cost ? Json(*score.cost) : Json()},
                      {"cost_normalised", shortest(score.cost_normalised)}});
  }
  return {{"id", shown.node.id},
          {"name", shown.node.name},
          {"level", shown.node.level},
          {"definition", shown.node.definition},
          {"state", shown.state},
          {"count", shortest(shown.count)},
          {"best", shown.best ? Json(cards[*shown.best].id) : Json()},
          {"models", std::move(models)}};
}

std::string summary_of(const core::ModelScore& score) {
  return fmt::format("{:.3f} / {:.3f}", score.quality, score.cost_normalised);
}

void print_tree(const std::vector<trips::ShownNode>& nodes, const trips::UpkeepArtifact& artifact) {
  std::vector<base::TextColumn> columns = {{"task type", base::Align::kLeft, 50},
                                           {"id", base::Align::kLeft, 40},
                                           {"rows"},
                                           {"best", base::Align::kLeft, 24}};
  for (const core::ModelCard& card : artifact.manifest.models) {
    columns.push_back({card.id, base::Align::kRight, 0});
  }
  base::TextTable table(std::move(columns));
  for (const trips::ShownNode& shown : nodes) {
    const bool is_live = shown.best.has_value();
    std::vector<std::string> row = {
        std::string(2 * shown.node.level, ' ') + shown.node.name,
        shown.node.id,
        is_live ? fmt::format("{:.0f}", shown.count) : "",
        is_live ? artifact.manifest.models[*shown.best].id : "(" + shown.state + ")"};
    for (std::size_t m = 0; m < artifact.manifest.models.size(); ++m) {
      row.push_back(is_live ? summary_of(shown.models[m]) : "");
    }
    table.add_row(std::move(row));
  }
  fmt::print("{}Of each model: quality / cost on the normalised scale.\n", table.render());
}

void print_overrides(const std::vector<core::Override>& overrides) {
  for (const core::Override& override : overrides) {
    fmt::print("override: {} of {} {} at {}\n",
               core::override_metric_name(override.metric),
               override.model,
               override.change.text(),
               override.node);
  }
}

// diff

struct DiffOptions {
  std::string a;
  std::string b;
  double above = 0.01;
};

Json tombstones_json(const std::vector<trips::Tombstone>& tombstones) {
  Json list = Json::array();
  for (const trips::Tombstone& tombstone : tombstones) {
    list.push_back({{"id", tombstone.id},
                    {"name", tombstone.name},
                    {"into", tombstone.into.empty() ? Json() : Json(tombstone.into)}});
  }
  return list;
}

Json to_json(const trips::ArtifactDiff& diff) {
  return {{"nodes",
           {{"added", diff.nodes_added},
            {"removed", diff.nodes_removed},
            {"tombstoned", tombstones_json(diff.tombstones_added)}}},
          {"models", {{"added", diff.models_added}, {"removed", diff.models_removed}}},
          {"overrides",
           {{"added", overrides_json(diff.overrides_added)},
            {"removed", overrides_json(diff.overrides_removed)}}},
          {"changed", changes_json(diff.changed)},
          {"notes", diff.notes}};
}

void print_list(const char* what, const std::vector<std::string>& ids) {
  if (!ids.empty()) {
    fmt::print("{}: {}\n", what, fmt::join(ids, ", "));
  }
}

void print_diff(const trips::ArtifactDiff& diff) {
  print_list("task types added", diff.nodes_added);
  print_list("task types removed", diff.nodes_removed);
  for (const trips::Tombstone& tombstone : diff.tombstones_added) {
    fmt::print("{}: {}\n",
               tombstone.into.empty() ? "pruned" : "merged into " + tombstone.into,
               tombstone.id);
  }
  print_list("models added", diff.models_added);
  print_list("models removed", diff.models_removed);
  print_overrides(diff.overrides_added);
  for (const core::Override& override : diff.overrides_removed) {
    fmt::print("no longer an override: {} of {} {} at {}\n",
               core::override_metric_name(override.metric),
               override.model,
               override.change.text(),
               override.node);
  }
  fmt::print("{}",
             diff.changed.empty() ? "no number differs by so much\n" : changes_table(diff.changed));
  for (const std::string& note : diff.notes) {
    fmt::print("note: {}\n", note);
  }
}

Result<int> run_diff(const Globals& globals, const DiffOptions& options) {
  const trips::UpkeepArtifact a = TRY(open_artifact(options.a));
  const trips::UpkeepArtifact b = TRY(open_artifact(options.b));
  const trips::ArtifactDiff diff = trips::diff_artifacts(a, b, static_cast<float>(options.above));
  if (globals.json) {
    Json document = {{"a", a.id}, {"b", b.id}, {"above", options.above}};
    document.update(to_json(diff));
    print_json(document);
  } else {
    print_diff(diff);
  }
  return 0;
}

}  // namespace

Result<int> show_artifact(const Globals& globals,
                          const std::string& folder,
                          const std::string& preference) {
  const core::Preference by =
      TRY(core::parse_preference(preference.empty() ? "balanced" : preference));
  const trips::UpkeepArtifact artifact = TRY(open_artifact(folder));
  const std::vector<trips::ShownNode> nodes = TRY(trips::show_nodes(artifact, by));
  if (!globals.json) {
    print_tree(nodes, artifact);
    print_overrides(artifact.manifest.overrides);
    return 0;
  }
  Json document = {{"artifact", artifact.id}, {"preference", by.mu}, {"nodes", Json::array()}};
  for (const trips::ShownNode& shown : nodes) {
    document["nodes"].push_back(to_json(shown, artifact));
  }
  document["overrides"] = overrides_json(artifact.manifest.overrides);
  print_json(document);
  return 0;
}

Run declare_taxonomy_diff(CLI::App& verb, const Globals& globals) {
  auto options = std::make_shared<DiffOptions>();
  verb.add_option("a", options->a, "Folder of the first artifact")->required();
  verb.add_option("b", options->b, "Folder of the second")->required();
  take_number(
      verb.add_option("--above", options->above, "Least difference of a number that is told")
          ->capture_default_str(),
      {0, 1});
  return [options, &globals] { return run_diff(globals, *options); };
}

}  // namespace wend::cli
