// SPDX-License-Identifier: Apache-2.0
// The verbs that make a changed artifact of an artifact.
#include <functional>
#include <optional>
#include <utility>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "wend/cli/spend.h"
#include "wend/cli/taxonomy_changes.h"
#include "wend/cli/taxonomy_verbs.h"
#include "wend/cli/verbs.h"
#include "wend/trips/artifact_place.h"
#include "wend/trips/upkeep.h"

namespace wend::cli {

using base::Result;

namespace {

/// What every such verb takes.
struct Folders {
  std::string artifact;
  std::string out;
};

struct AdjustOptions {
  Folders folders;
  std::string node;
  std::string model;
  std::optional<std::string> quality;
  std::optional<std::string> cost;
};

struct PruneOptions {
  Folders folders;
  std::string node;
};

struct MergeOptions {
  Folders folders;
  std::string into;
  std::string from;
};

void declare_folders(CLI::App& verb, Folders& folders) {
  verb.add_option(
          "--artifact", folders.artifact, "Folder of the trained router, which is only read")
      ->required();
  verb.add_option(
          "--out", folders.out, "Folder of the new artifact; latest beside it will point at it")
      ->required();
}

/// Reads, changes, writes as a training does, and tells.
Result<int> run_upkeep(const Globals& globals,
                       const Folders& folders,
                       const std::function<Result<trips::Upkept>(const ml::Artifact&)>& change) {
  TRY(trips::check_artifact_folder(folders.out));
  const ml::Artifact artifact = TRY(ml::read_artifact(folders.artifact));
  const trips::Upkept upkept = TRY(change(artifact));
  TRY(ml::write_artifact(upkept.artifact, folders.out));
  TRY(trips::point_latest_at(folders.out));
  if (globals.json) {
    print_json({{"artifact", upkept.id}, {"changed", changes_json(upkept.changed)}});
  } else {
    print_changes(upkept, folders.out);
  }
  return 0;
}

Result<std::optional<core::Change>> parse_change(const char* option,
                                                 const std::optional<std::string>& text) {
  if (!text) {
    return std::nullopt;
  }
  auto change = core::Change::parse(*text);
  if (!change) {
    return base::pass_on(std::move(change), option);
  }
  return *change;
}

Result<int> run_adjust(const Globals& globals, const AdjustOptions& options) {
  trips::Adjustment adjustment = {options.node, options.model, {}, {}};
  adjustment.quality = TRY(parse_change("--quality", options.quality));
  adjustment.cost = TRY(parse_change("--cost", options.cost));
  return run_upkeep(globals, options.folders, [&](const ml::Artifact& artifact) {
    return trips::adjust(artifact, adjustment);
  });
}

}  // namespace

Run declare_taxonomy_adjust(CLI::App& verb, const Globals& globals) {
  auto options = std::make_shared<AdjustOptions>();
  verb.add_option("id", options->node, "Id of the task type")->required();
  verb.add_option("--model", options->model, "The model whose numbers are corrected")->required();
  verb.add_option("--quality", options->quality, "+0.1, -0.1, x1.2 or =0.8; stays within 0 to 1");
  verb.add_option(
      "--cost", options->cost, "The same of its cost on the artifact's normalised scale");
  declare_folders(verb, options->folders);
  return [options, &globals] { return run_adjust(globals, *options); };
}

Run declare_taxonomy_prune(CLI::App& verb, const Globals& globals) {
  auto options = std::make_shared<PruneOptions>();
  verb.add_option("id", options->node, "Id of the task type")->required();
  declare_folders(verb, options->folders);
  return [options, &globals] {
    return run_upkeep(globals, options->folders, [&](const ml::Artifact& artifact) {
      return trips::prune(artifact, options->node);
    });
  };
}

Run declare_taxonomy_merge(CLI::App& verb, const Globals& globals) {
  auto options = std::make_shared<MergeOptions>();
  verb.add_option("into", options->into, "Id of the task type that stays")->required();
  verb.add_option("from", options->from, "Id of the one that becomes part of it")->required();
  declare_folders(verb, options->folders);
  return [options, &globals] {
    return run_upkeep(globals, options->folders, [&](const ml::Artifact& artifact) {
      return trips::merge(artifact, options->into, options->from);
    });
  };
}

}  // namespace wend::cli
