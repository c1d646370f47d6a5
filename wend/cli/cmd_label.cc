// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <map>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "wend/base/file.h"
#include "wend/cli/number_option.h"
#include "wend/cli/spend.h"
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
  bool force_judge = false;
  std::string check_judge;
  bool report = false;
};

Status check(const LabelOptions& options) {
  if (!options.check_judge.empty()) {
    return fail(Code::kUnimplemented, "--check-judge comes in a later version");
  }
  if (options.report) {
    return fail(Code::kUnimplemented, "--report comes in a later version");
  }
  const label::Scoring scoring = TRY(label::parse_scoring(options.score));
  if (scoring == label::Scoring::kMetric && (!options.judge.empty() || options.force_judge)) {
    return fail(Code::kInvalidArgument,
                "--judge: nothing asks one; expected --score judge or both with it");
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

Json judging_to_json(const label::DialogueEstimate& judging, const label::Judge& judge) {
  return {{"model", judge.partner.model.id},
          {"forced", judge.is_forced},
          {"replies", judging.items},
          {"reused", judging.reused},
          {"calls", judging.calls},
          {"estimate", judging.cost},
          {"unpriced_calls", judging.unpriced_calls}};
}

Json to_json(const trips::LabelEstimate& estimate,
             const label::Judge* judge,
             const std::string& currency) {
  const label::Estimate& answers = estimate.answers;
  const label::DialogueEstimate judging = estimate.judging.value_or(label::DialogueEstimate{});
  Json document = {
      {"cells", answers.cells},
      {"reused", answers.reused},
      {"calls", estimate.calls()},
      {"input_tokens", static_cast<std::uint64_t>(answers.input_tokens + judging.input_tokens)},
      {"output_tokens", static_cast<std::uint64_t>(answers.output_tokens + judging.output_tokens)},
      {"estimate", estimate.cost()},
      {"currency", currency},
      {"unpriced_calls", answers.unpriced_calls + judging.unpriced_calls},
      {"calls_by_model", answers.calls_by_model},
      {"estimate_by_model", answers.cost_by_model},
      {"unscored_queries", answers.unscored_queries}};
  if (judge != nullptr) {
    document["judge"] = judging_to_json(judging, *judge);
  }
  return document;
}

void print_estimate(std::FILE* stream,
                    const trips::LabelEstimate& whole,
                    const label::Judge* judge,
                    const std::string& currency) {
  const label::Estimate& estimate = whole.answers;
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
  if (judge != nullptr) {
    fmt::print(stream,
               "the judge {}: {} replies to score, {} of them scored already; {} calls, about "
               "{:.4g} {}\n",
               judge->partner.model.id,
               whole.judging->items,
               whole.judging->reused,
               whole.judging->calls,
               whole.judging->cost,
               currency);
  }
  const std::size_t unpriced =
      estimate.unpriced_calls + (whole.judging ? whole.judging->unpriced_calls : 0);
  if (unpriced > 0) {
    fmt::print(stream, "  {} of them have no price and are not counted\n", unpriced);
  }
  for (const auto& [why, queries] : estimate.unscored_queries) {
    fmt::print(stream, "  {} queries will stay unscored: {}\n", queries, why);
  }
}

/// What the two ways of asking failed of, together.
std::map<std::string, std::size_t> all_failures(const trips::LabelResult& result) {
  std::map<std::string, std::size_t> failures = result.tally.failures;
  if (result.judging) {
    for (const auto& [why, calls] : result.judging->calls.failures) {
      failures["the judge: " + why] += calls;
    }
  }
  return failures;
}

Json to_json(const trips::JudgingResult& judging, const label::Judge& judge) {
  return {{"model", judge.partner.model.id},
          {"forced", judge.is_forced},
          {"scored", judging.tally.scored},
          {"unparsable", judging.tally.unparsable},
          {"failed", judging.tally.failed},
          {"asked_again", judging.tally.asked_again},
          {"reused", judging.calls.reused},
          {"calls", judging.run.calls},
          {"spent", judging.run.spent}};
}

Json to_json(const trips::LabelResult& result,
             const trips::LabelEstimate& estimate,
             const trips::LabelTrip& trip,
             const std::string& currency) {
  const char* const stopped = stop_reason(result.run);
  const label::DialogueTally judging =
      result.judging ? result.judging->calls : label::DialogueTally{};
  Json document = {{"dataset", trip.dataset().name},
                   {"cells", estimate.answers.cells},
                   {"done", result.run.done},
                   {"reused", result.run.reused},
                   {"failed", result.run.failed},
                   {"unscored", result.unscored},
                   {"calls", result.run.calls},
                   {"input_tokens", result.tally.input_tokens + judging.input_tokens},
                   {"output_tokens", result.tally.output_tokens + judging.output_tokens},
                   {"estimate", estimate.cost()},
                   {"spent", result.run.spent},
                   {"currency", currency},
                   {"stopped", stopped == nullptr ? Json() : Json(stopped)},
                   {"cut", result.tally.cut},
                   {"failures", all_failures(result)},
                   {"left", left_to_json(result.run.left)}};
  if (result.judging) {
    document["judge"] = to_json(*result.judging, *trip.judge());
  }
  return document;
}

void print_judging(const trips::JudgingResult& judging, const label::Judge& judge) {
  const std::string& id = judge.partner.model.id;
  fmt::print(
      "{} scored {} replies, was asked again {} times; {} have no score in its words and are "
      "left out, {} could not be asked about\n",
      id,
      judging.tally.scored,
      judging.tally.asked_again,
      judging.tally.unparsable,
      judging.tally.failed);
  if (judge.is_forced) {
    fmt::print(
        "{} is one of the models that answered (--force-judge): models prefer their own "
        "answers, so its own quality is not to be trusted\n",
        id);
  }
}

void print_for_a_person(const trips::LabelResult& result,
                        const trips::LabelEstimate& estimate,
                        const trips::LabelTrip& trip,
                        const std::string& currency) {
  fmt::print("{}: {} of {} cells have a reply, {} of them from before; {} failed, {} unscored\n",
             trip.dataset().name,
             result.run.done,
             estimate.answers.cells,
             result.run.reused,
             result.run.failed,
             result.unscored);
  if (result.judging) {
    print_judging(*result.judging, *trip.judge());
  }
  fmt::print(
      "{} calls, {} tokens in, {} out, {:.4g} {} (estimated {:.4g})\n",
      result.run.calls,
      result.tally.input_tokens + (result.judging ? result.judging->calls.input_tokens : 0),
      result.tally.output_tokens + (result.judging ? result.judging->calls.output_tokens : 0),
      result.run.spent,
      currency,
      estimate.cost());
  if (result.tally.cut > 0) {
    fmt::print("{} replies were cut at max_tokens; they are scored as they are\n",
               result.tally.cut);
  }
  for (const auto& [why, calls] : all_failures(result)) {
    fmt::print("{} failed: {}\n", calls, why);
  }
  print_how_it_ended(result.run);
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
  request.scoring = TRY(label::parse_scoring(options.score));
  request.judge = options.judge;
  request.self_judging =
      options.force_judge ? trips::SelfJudging::kForced : trips::SelfJudging::kRefused;
  request.budget = options.budget;
  request.seed = globals.seed;
  const auto trip = TRY(trips::LabelTrip::prepare(std::move(request), config));
  const trips::LabelEstimate estimate = TRY(trip->estimate(*open.ledger));
  if (options.dry_run) {
    if (globals.json) {
      print_json(to_json(estimate, trip->judge(), config.currency));
    } else {
      print_estimate(stdout, estimate, trip->judge(), config.currency);
    }
    return 0;
  }
  if (estimate.calls() > 0) {
    TRY(trip->check_ready());
  }
  if (!globals.json && !globals.quiet) {
    print_estimate(stderr, estimate, trip->judge(), config.currency);
  }
  TRY(confirm_spending({estimate.calls(), estimate.cost(), config.currency}, options.yes));
  const auto progress = make_progress(globals);
  const trips::LabelResult result = TRY(trip->run(*open.store, *open.ledger, *progress));
  if (!options.export_replies.empty()) {
    TRY(trip->export_replies(*open.ledger, options.export_replies));
  }
  if (globals.json) {
    print_json(to_json(result, estimate, *trip, config.currency));
  } else {
    print_for_a_person(result, estimate, *trip, config.currency);
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
  verb.add_option(
          "--score", options->score, "metric, judge, or both: the metric where it can be had")
      ->capture_default_str();
  verb.add_option("--judge", options->judge, "The model that scores (default: label.judge)");
  verb.add_flag("--force-judge",
                options->force_judge,
                "Let a model judge its own answers, and say so in the report");
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
  verb.add_option("--check-judge", options->check_judge)->group("");
  verb.add_flag("--report", options->report)->group("");
  return interruptible([options, &globals] { return run_label(globals, *options); },
                       "what was answered is kept");
}

}  // namespace wend::cli
