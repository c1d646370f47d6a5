// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "wend/base/file.h"
#include "wend/cli/number_option.h"
#include "wend/cli/spending.h"
#include "wend/cli/verbs.h"
#include "wend/core/memory_call_ledger.h"
#include "wend/store/sqlite_call_ledger.h"
#include "wend/trips/label.h"
#include "wend/trips/label_queries.h"

namespace wend::cli {

using base::Code;
using base::fail;
using base::Result;
using base::Status;
using Json = nlohmann::ordered_json;

namespace {

struct LabelOptions {
  std::string dataset;
  std::string in;
  std::string name;
  std::vector<std::string> models;
  std::string score = "metric";
  std::uint64_t draws = 1;
  std::optional<double> budget;
  bool dry_run = false;
  bool yes = false;
  std::string export_replies;
  std::string judge;
  std::string check_judge;
  bool report = false;
};

Status check(const LabelOptions& options) {
  const bool asks_a_judge = options.score == "judge" || options.score == "both" ||
                            !options.judge.empty() || !options.check_judge.empty();
  if (asks_a_judge) {
    return fail(Code::kUnimplemented,
                "a judge comes in a later version; this one scores by metric (--score metric)");
  }
  if (options.report) {
    return fail(Code::kUnimplemented, "--report comes in a later version");
  }
  if (options.score != "metric") {
    return fail(Code::kInvalidArgument, "--score {}: expected metric", options.score);
  }
  if (options.dataset.empty() == options.in.empty()) {
    return fail(Code::kInvalidArgument, "expected one of --dataset NAME and --in FILE");
  }
  if (options.in.empty() != options.name.empty()) {
    return fail(
        Code::kInvalidArgument,
        "--in FILE and --name NAME go together: the queries and the collection they become; "
        "--dataset has its name already");
  }
  return options.export_replies.empty() ? Status() : base::check_writable(options.export_replies);
}

/// The store that a run needs. A dry run makes none.
struct OpenStore {
  std::unique_ptr<store::Store> store;  ///< Null where a dry run found none.
  std::unique_ptr<core::CallLedger> ledger;
};

Result<OpenStore> open_both(const Globals& globals,
                            const trips::Config& config,
                            const LabelOptions& options) {
  OpenStore open;
  Result<std::unique_ptr<store::Store>> store = options.in.empty() || options.dry_run
                                                    ? open_store(globals, config)
                                                    : open_or_make_store(globals, config);
  if (!store && options.dry_run && !options.in.empty() && store.error().code == Code::kNotFound) {
    open.ledger = std::make_unique<core::MemoryCallLedger>();
    return open;
  }
  open.store = TRY(std::move(store));
  open.ledger = TRY(store::open_call_ledger(globals.store.empty() ? config.store : globals.store));
  return open;
}

Json to_json(const label::Estimate& estimate, const std::string& currency) {
  return {{"cells", estimate.cells},
          {"reused", estimate.reused},
          {"calls", estimate.calls},
          {"input_tokens", static_cast<std::uint64_t>(estimate.input_tokens)},
          {"output_tokens", static_cast<std::uint64_t>(estimate.output_tokens)},
          {"estimate", estimate.cost},
          {"currency", currency},
          {"unpriced_calls", estimate.unpriced_calls},
          {"calls_by_model", estimate.calls_by_model},
          {"estimate_by_model", estimate.cost_by_model},
          {"unscored_queries", estimate.unscored_queries}};
}

void print_estimate(std::FILE* stream,
                    const label::Estimate& estimate,
                    const std::string& currency) {
  fmt::print(stream,
             "{} cells, {} answered already; {} calls to make: about {:.0f} tokens in, {:.0f} out, "
             "{:.4g} {}\n",
             estimate.cells,
             estimate.reused,
             estimate.calls,
             estimate.input_tokens,
             estimate.output_tokens,
             estimate.cost,
             currency);
  for (const auto& [model, calls] : estimate.calls_by_model) {
    fmt::print(stream,
               "  {}: {} calls, about {:.4g} {}\n",
               model,
               calls,
               estimate.cost_by_model.at(model),
               currency);
  }
  if (estimate.unpriced_calls > 0) {
    fmt::print(stream, "  {} of them have no price and are not counted\n", estimate.unpriced_calls);
  }
  for (const auto& [why, queries] : estimate.unscored_queries) {
    fmt::print(stream, "  {} queries will stay unscored: {}\n", queries, why);
  }
}

Json to_json(const trips::LabelResult& result,
             const label::Estimate& estimate,
             const std::string& dataset,
             const std::string& currency) {
  const char* const stopped = stop_word(result.run);
  return {{"dataset", dataset},
          {"cells", estimate.cells},
          {"done", result.run.done},
          {"reused", result.run.reused},
          {"failed", result.run.failed},
          {"unscored", result.tally.unscored},
          {"calls", result.run.calls},
          {"input_tokens", result.tally.input_tokens},
          {"output_tokens", result.tally.output_tokens},
          {"estimate", estimate.cost},
          {"spent", result.run.spent},
          {"currency", currency},
          {"stopped", stopped == nullptr ? Json() : Json(stopped)},
          {"cut", result.tally.cut},
          {"failures", result.tally.failures},
          {"left", left_to_json(result.run)}};
}

void print_for_a_person(const trips::LabelResult& result,
                        const label::Estimate& estimate,
                        const std::string& dataset,
                        const std::string& currency) {
  fmt::print("{}: {} of {} cells have a reply, {} of them from before; {} failed, {} unscored\n",
             dataset,
             result.run.done,
             estimate.cells,
             result.run.reused,
             result.run.failed,
             result.tally.unscored);
  fmt::print("{} calls, {} tokens in, {} out, {:.4g} {} (estimated {:.4g})\n",
             result.run.calls,
             result.tally.input_tokens,
             result.tally.output_tokens,
             result.run.spent,
             currency,
             estimate.cost);
  if (result.tally.cut > 0) {
    fmt::print("{} replies were cut at max_tokens; they are scored as they are\n",
               result.tally.cut);
  }
  for (const auto& [why, calls] : result.tally.failures) {
    fmt::print("{} failed: {}\n", calls, why);
  }
  for (const llm::LeftModel& left : result.run.left) {
    fmt::print("{} was asked no more: {}\n", left.model, left.error.message);
  }
  if (result.run.stopped != llm::StopReason::kNone) {
    fmt::print("stopped ({}); the same command goes on from here\n", stop_word(result.run));
  }
}

/// The queries to ask, and what the store knows of their models.
Result<data::Dataset> load_queries(const LabelOptions& options, const OpenStore& open) {
  data::Dataset dataset = options.in.empty()
                              ? TRY(open.store->load_dataset(options.dataset))
                              : TRY(trips::read_label_queries(options.in, options.name));
  dataset.outcomes = {};
  return dataset;
}

Result<int> run_label(const Globals& globals, const LabelOptions& options) {
  TRY(check(options));
  const trips::LoadedConfig loaded = TRY(load_config(globals));
  const trips::Config& config = loaded.config;
  const OpenStore open = TRY(open_both(globals, config, options));
  trips::LabelRequest request;
  request.dataset = TRY(load_queries(options, open));
  request.models = options.models;
  request.draws = static_cast<std::uint32_t>(options.draws);
  request.budget = options.budget;
  request.seed = globals.seed;
  const auto trip = TRY(trips::LabelTrip::prepare(std::move(request), config));
  const label::Estimate estimate = TRY(trip->estimate(*open.ledger));
  if (options.dry_run) {
    if (globals.json) {
      print_document(to_json(estimate, config.currency));
    } else {
      print_estimate(stdout, estimate, config.currency);
    }
    return 0;
  }
  if (estimate.calls > 0) {
    TRY(trip->check_ready());
  }
  if (!globals.json && !globals.quiet) {
    print_estimate(stderr, estimate, config.currency);
  }
  TRY(confirm({estimate.calls, estimate.cost, config.currency}, options.yes));
  const auto progress = make_progress(globals);
  const trips::LabelResult result = TRY(trip->run(*open.store, *open.ledger, *progress));
  if (!options.export_replies.empty()) {
    TRY(trip->export_replies(*open.ledger, options.export_replies));
  }
  const std::string& name = trip->dataset().name;
  if (globals.json) {
    print_document(to_json(result, estimate, name, config.currency));
  } else {
    print_for_a_person(result, estimate, name, config.currency);
  }
  return exit_status_of(result.run);
}

}  // namespace

Run declare_label(CLI::App& verb, const Globals& globals) {
  auto options = std::make_shared<LabelOptions>();
  verb.add_option("--dataset", options->dataset, "A collection of the store");
  verb.add_option(
      "--in", options->in, "Queries as JSONL: {\"prompt\", \"reference\"?, \"metric\"?, ...}");
  verb.add_option("--name", options->name, "The collection that --in becomes");
  verb.add_option("--models", options->models, "Who answers: a,b* (default: every model)")
      ->delimiter(',')
      ->allow_extra_args(false);
  verb.add_option("--score", options->score, "metric")->capture_default_str();
  take_whole_number(
      verb.add_option("--draws", options->draws, "Replies of each model to each query")
          ->capture_default_str(),
      {1, 1000});
  take_number(verb.add_option("--budget", options->budget, "Stop before more than this is spent"),
              {0, 1e12});
  verb.add_flag("--dry-run", options->dry_run, "Say what there is to do and what it would cost");
  verb.add_flag("--yes", options->yes, "Spend without asking");
  verb.add_option(
      "--export-replies", options->export_replies, "Write the replies as replies.jsonl (.zst too)");
  verb.add_option("--judge", options->judge)->group("");
  verb.add_option("--check-judge", options->check_judge)->group("");
  verb.add_flag("--report", options->report)->group("");
  return interruptible([options, &globals] { return run_label(globals, *options); },
                       "what was answered is kept");
}

}  // namespace wend::cli
