// SPDX-License-Identifier: Apache-2.0
// `wend taxonomy VERB ...`: each verb is declared in a function of its own.
#include <filesystem>
#include <functional>
#include <utility>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "wend/base/text_table.h"
#include "wend/cli/spend.h"
#include "wend/cli/taxonomy_verbs.h"
#include "wend/cli/taxonomy_yields.h"
#include "wend/cli/verbs.h"
#include "wend/store/task_files.h"
#include "wend/trips/taxonomy_show.h"

namespace wend::cli {

using base::Code;
using base::fail;
using base::Result;
using Json = nlohmann::ordered_json;

namespace {

struct ShowOptions {
  std::string dataset;
  std::string tasks;
  bool history = false;
  std::string artifact;
  std::string preference;
};

/// What is shown of a collection.
struct Shown {
  data::Dataset dataset;
  std::vector<trips::CountedNode> counts;
  std::vector<trips::ShownGate> gates;  ///< With --history.
  std::vector<trips::ShownLeaf> leaves;
};

Json to_json(const trips::ShownGate& gate) {
  Json rounds = Json::array();
  for (const trips::ShownRound& round : gate.rounds) {
    rounds.push_back({{"choice", round.choice},
                      {"revised_first", round.revised_first},
                      {"revised", round.revised},
                      {"critique", round.critique},
                      {"reason", round.reason}});
  }
  return {{"task_id", gate.task_id},
          {"proposed", gate.proposed},
          {"settled", gate.settled},
          {"rounds", std::move(rounds)}};
}

Json to_json(const Shown& shown, bool history) {
  Json nodes = Json::array();
  for (const trips::CountedNode& counted : shown.counts) {
    const core::TaskNode& node = shown.dataset.taxonomy.nodes()[counted.node];
    nodes.push_back({{"id", node.id},
                     {"name", node.name},
                     {"level", node.level},
                     {"definition", node.definition},
                     {"queries", counted.queries}});
  }
  Json document = {{"dataset", shown.dataset.name}, {"nodes", std::move(nodes)}};
  if (history) {
    document["gates"] = Json::array();
    for (const trips::ShownGate& gate : shown.gates) {
      document["gates"].push_back(to_json(gate));
    }
    document["leaves"] = yields_to_json(shown.leaves);
  }
  return document;
}

void print_tree(const Shown& shown) {
  base::TextTable table(
      {{"task type", base::Align::kLeft, 60}, {"id", base::Align::kLeft}, {"queries"}});
  for (const trips::CountedNode& counted : shown.counts) {
    const core::TaskNode& node = shown.dataset.taxonomy.nodes()[counted.node];
    table.add_row(
        {std::string(2 * node.level, ' ') + node.name, node.id, std::to_string(counted.queries)});
  }
  fmt::print("{}", table.render());
}

void print_history(const Shown& shown) {
  for (const trips::ShownGate& gate : shown.gates) {
    fmt::print("\n{}\n  proposed: {}\n",
               gate.task_id.empty() ? "domains" : gate.task_id,
               fmt::join(gate.proposed, ", "));
    for (std::size_t i = 0; i < gate.rounds.size(); ++i) {
      const trips::ShownRound& round = gate.rounds[i];
      fmt::print("  round {}: {}", i + 1, round.choice);
      if (round.choice == "revised" || round.choice == "current") {
        fmt::print(" (the revision stood {})", round.revised_first ? "first" : "second");
      }
      fmt::print("\n");
      if (!round.critique.empty()) {
        fmt::print("    found: {}\n", round.critique);
      }
      if (!round.reason.empty()) {
        fmt::print("    chosen because: {}\n", round.reason);
      }
    }
    fmt::print("  settled: {}\n", fmt::join(gate.settled, ", "));
  }
}

void print_or_json(const Globals& globals, const Shown& shown, bool history) {
  if (globals.json) {
    print_json(to_json(shown, history));
    return;
  }
  print_tree(shown);
  print_history(shown);
  fmt::print("{}", yields_text(shown.leaves));
}

/// What `wend discover` and `wend annotate --out` write.
Result<int> show_folder(const Globals& globals, const std::string& folder) {
  Shown shown;
  shown.dataset = TRY(store::read_task_folder(folder));
  shown.counts = trips::count_queries(shown.dataset);
  print_or_json(globals, shown, false);
  return 0;
}

Result<int> show_collection(const Globals& globals, const ShowOptions& options) {
  const trips::LoadedConfig loaded = TRY(load_config(globals));
  const auto store = TRY(open_store(globals, loaded.config));
  Shown shown;
  shown.dataset = TRY(store->load_dataset(options.dataset));
  if (shown.dataset.taxonomy.empty()) {
    return fail(Code::kFailedPrecondition, "'{}' has no task types", options.dataset);
  }
  shown.counts = trips::count_queries(shown.dataset);
  if (options.history) {
    const auto record = TRY(store->find_synthesis(options.dataset));
    if (!record) {
      return fail(Code::kFailedPrecondition,
                  "'{}' was not synthesised, so there is no history of its task types",
                  options.dataset);
    }
    shown.gates = TRY(trips::read_gates(*record));
    shown.leaves = TRY(trips::read_leaves(*record));
  }
  print_or_json(globals, shown, options.history);
  return 0;
}

/// What `wend discover` wrote, named as an artifact by mistake: there is no doubt what is meant.
bool is_task_folder(const std::filesystem::path& folder) {
  return !folder.empty() && std::filesystem::exists(folder / "taxonomy.json") &&
         !std::filesystem::exists(folder / "manifest.json");
}

Result<int> run_show(const Globals& globals, const ShowOptions& options) {
  const int named = (options.dataset.empty() ? 0 : 1) + (options.artifact.empty() ? 0 : 1) +
                    (options.tasks.empty() ? 0 : 1);
  if (named != 1) {
    return fail(Code::kInvalidArgument,
                "show: expected one of --dataset NAME, --tasks DIR and --artifact DIR");
  }
  if (!options.tasks.empty()) {
    return show_folder(globals, options.tasks);
  }
  if (is_task_folder(options.artifact)) {
    return show_folder(globals, options.artifact);
  }
  return options.artifact.empty() ? show_collection(globals, options)
                                  : show_artifact(globals, options.artifact, options.preference);
}

Run declare_show(CLI::App& verb, const Globals& globals) {
  auto options = std::make_shared<ShowOptions>();
  auto* const dataset = verb.add_option("--dataset", options->dataset, "A collection of the store");
  verb.add_flag("--history",
                options->history,
                "How a synthesis came to its sets, round by round, and what the batches brought")
      ->needs(dataset);
  verb.add_option("--tasks", options->tasks, "Folder that discover or annotate wrote");
  auto* const artifact =
      verb.add_option("--artifact", options->artifact, "Folder of a trained router");
  verb.add_option(
          "--preference",
          options->preference,
          "By which a model is best: cost, balanced, quality, or 0 to 1 (default: balanced)")
      ->needs(artifact);
  return [options, &globals] { return run_show(globals, *options); };
}

}  // namespace

Run declare_taxonomy(CLI::App& verb, const Globals& globals, const GrowByReplay& replay) {
  verb.require_subcommand(1);
  auto runs = std::make_shared<std::vector<std::pair<CLI::App*, Run>>>();
  const auto add = [&](const char* name,
                       const char* description,
                       const char* example,
                       const std::function<Run(CLI::App&, const Globals&)>& declare) {
    CLI::App* const sub = verb.add_subcommand(name, description);
    sub->fallthrough();
    sub->footer(fmt::format("Example:\n  {}", example));
    runs->emplace_back(sub, declare(*sub, globals));
  };
  add("show",
      "the tree of task types of a collection or an artifact, with its counts",
      "wend taxonomy show --artifact runs/latest",
      declare_show);
  add("adjust",
      "correct what an artifact says of a model at a task type and all below it",
      "wend taxonomy adjust math:easy --model small --quality +0.1 --cost x1.2 --artifact "
      "runs/latest --out runs/b",
      declare_taxonomy_adjust);
  add("prune",
      "take a task type and all below it out of an artifact",
      "wend taxonomy prune math:easy --artifact runs/latest --out runs/b",
      declare_taxonomy_prune);
  add("merge",
      "make the second task type part of the first",
      "wend taxonomy merge math:easy math:trivial --artifact runs/latest --out runs/b",
      declare_taxonomy_merge);
  add("grow",
      "a model writes further task types, their questions are answered, and an artifact learns "
      "them",
      "wend taxonomy grow --under law --describe \"questions about tax returns\" --at-most 1 "
      "--budget 2 --artifact runs/latest --out runs/b",
      [&](CLI::App& grow, const Globals& all) { return declare_taxonomy_grow(grow, all, replay); });
  add("diff",
      "in what two artifacts differ",
      "wend taxonomy diff runs/a runs/b --above 0.05",
      declare_taxonomy_diff);
  return [runs]() -> Result<int> {
    for (const auto& [sub, run] : *runs) {
      if (sub->parsed()) {
        return run();
      }
    }
    return 2;
  };
}

}  // namespace wend::cli
