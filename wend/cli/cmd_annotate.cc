// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "wend/cli/dialogue_estimate.h"
#include "wend/cli/number_option.h"
#include "wend/cli/spend.h"
#include "wend/cli/verbs.h"
#include "wend/store/task_files.h"
#include "wend/trips/annotate.h"

namespace wend::cli {

using base::Code;
using base::fail;
using base::Result;
using base::Status;
using Json = nlohmann::ordered_json;

namespace {

struct AnnotateOptions {
  std::string dataset;
  std::string method = "llm";
  std::string model;
  trips::TaxonomySource taxonomy;
  std::uint64_t labels = 1;
  std::optional<double> budget;
  std::string out;
  bool check = false;
  bool dry_run = false;
  bool yes = false;
};

Result<trips::AnnotateMethod> parse_method(const std::string& word) {
  if (word == "llm") {
    return trips::AnnotateMethod::kLevelByLevel;
  }
  if (word == "shortlist") {
    return trips::AnnotateMethod::kShortlist;
  }
  return fail(Code::kInvalidArgument, "--method {}: expected llm or shortlist", word);
}

Json agreement_to_json(const label::Agreement& agreement) {
  return agreement.queries == 0
             ? Json()
             : Json({{"queries", agreement.queries}, {"levels", agreement.levels}});
}

Json to_json(const trips::AnnotateResult& result,
             const llm::DialogueEstimate& estimate,
             const trips::LoadedConfig& loaded,
             const AnnotateOptions& options) {
  const char* const stopped = stop_reason(result.run);
  return {{"dataset", options.dataset},
          {"method", options.method},
          {"queries", estimate.items},
          {"labelled", result.labelled},
          {"partial", result.partial},
          {"none", result.none},
          {"unreadable", result.unreadable},
          {"failed", result.failed},
          {"asked_again", result.asked_again},
          {"reused", result.calls.reused},
          {"calls", result.run.calls},
          {"input_tokens", result.calls.input_tokens},
          {"output_tokens", result.calls.output_tokens},
          {"estimate", estimate.cost},
          {"spent", result.run.spent},
          {"currency", loaded.config.currency},
          {"stopped", stopped == nullptr ? Json() : Json(stopped)},
          {"written", result.is_whole() && !options.check},
          {"agreement", agreement_to_json(result.agreement)},
          {"failures", result.calls.failures},
          {"left", left_to_json(result.run.left)}};
}

void print_for_a_person(const trips::AnnotateResult& result,
                        const std::string& currency,
                        const AnnotateOptions& options) {
  fmt::print(
      "{}: {} queries labelled ({} above the leaves), {} fit nowhere, {} unreadable, {} not "
      "asked to the end\n",
      options.dataset,
      result.labelled,
      result.partial,
      result.none,
      result.unreadable,
      result.failed);
  fmt::print("{} calls, {} tokens in, {} out, {:.4g} {}\n",
             result.run.calls,
             result.calls.input_tokens,
             result.calls.output_tokens,
             result.run.spent,
             currency);
  if (result.agreement.queries > 0) {
    fmt::print("agrees with the labels that were there, of {} queries:", result.agreement.queries);
    for (std::size_t level = 0; level < result.agreement.levels.size(); ++level) {
      fmt::print(" {:.1f} % at level {}", 100 * result.agreement.levels[level], level + 1);
    }
    fmt::print("\n");
  }
  for (const auto& [why, calls] : result.calls.failures) {
    fmt::print("{} failed: {}\n", calls, why);
  }
  if (options.check) {
    fmt::print("--check: the collection is as it was\n");
  }
  print_how_it_ended(result.run);
}

/// What the run has found, into the collection and, where one was asked for, a folder.
Status keep(const trips::AnnotateTrip& trip,
            const trips::AnnotateResult& result,
            const AnnotateOptions& options,
            store::Store& store) {
  if (!result.is_whole()) {
    return {};
  }
  const data::Dataset annotated = trip.with_labels(result.labels);
  if (!options.check) {
    TRY(store.put_tasks(annotated));
  }
  return options.out.empty()
             ? Status()
             : store::write_task_folder(
                   annotated.taxonomy, annotated.queries, annotated.labels, options.out);
}

Result<int> run_annotate(const Globals& globals, const AnnotateOptions& options) {
  trips::AnnotateRequest request;
  request.method = TRY(parse_method(options.method));
  const trips::LoadedConfig loaded = TRY(load_config(globals));
  const trips::Config& config = loaded.config;
  const auto [store, ledger] = TRY(open_paid_store(globals, config, AbsentStore::kRefuse));
  request.dataset = TRY(store->load_dataset(options.dataset));
  request.taxonomy = TRY(trips::find_taxonomy(options.taxonomy, request.dataset, *store));
  request.model = options.model;
  request.most = static_cast<std::size_t>(options.labels);
  request.budget = options.budget;
  request.seed = globals.seed;
  request.threads = globals.threads;
  const auto progress = make_progress(globals);
  const auto trip =
      TRY(trips::AnnotateTrip::prepare(std::move(request), config, *store, *ledger, *progress));
  const llm::DialogueEstimate estimate = TRY(trip->estimate());
  const bool is_agreed = TRY(agree(
      globals,
      {options.dry_run,
       options.yes,
       {estimate.calls, estimate.cost, config.currency},
       [&] { return estimate_json("queries", estimate, config.currency); },
       [&](std::FILE* stream) { print_estimate(stream, "queries", estimate, config.currency); },
       [&] { return trip->check_ready(); }}));
  if (!is_agreed) {
    return 0;
  }
  const trips::AnnotateResult result = TRY(trip->run(*ledger, *progress));
  TRY(keep(*trip, result, options, *store));
  if (globals.json) {
    print_json(to_json(result, estimate, loaded, options));
  } else {
    print_for_a_person(result, config.currency, options);
  }
  return exit_status_of(result.run);
}

}  // namespace

Run declare_annotate(CLI::App& verb, const Globals& globals) {
  auto options = std::make_shared<AnnotateOptions>();
  verb.add_option("--dataset", options->dataset, "A collection of the store")->required();
  verb.add_option("--method",
                  options->method,
                  "llm: level by level; shortlist: one question among the ten leaves that are "
                  "nearest by their vectors")
      ->capture_default_str();
  verb.add_option("--model", options->model, "Who chooses (default: label.annotator)");
  verb.add_option("--tasks", options->taxonomy.folder, "A folder with a taxonomy.json");
  verb.add_option("--taxonomy", options->taxonomy.file, "A taxonomy.json");
  verb.add_option("--from",
                  options->taxonomy.collection,
                  "A collection whose task types are chosen from (default: its own)");
  take_whole_number(
      verb.add_option("--labels", options->labels, "Task types that a query may have, with weights")
          ->capture_default_str(),
      {1, 5});
  take_number(
      verb.add_option("--budget",
                      options->budget,
                      "Stop this run before its calls are expected to come to more than this"),
      {0, 1e12});
  verb.add_option("--out", options->out, "Write taxonomy.json and task_labels.jsonl there too");
  verb.add_flag("--check",
                options->check,
                "Compare with the labels that are there, and leave the collection as it is");
  verb.add_flag("--dry-run", options->dry_run, "Say what there is to do and what it would cost");
  verb.add_flag("--yes", options->yes, "Spend without asking");
  return interruptible([options, &globals] { return run_annotate(globals, *options); },
                       "what was answered is kept");
}

}  // namespace wend::cli
