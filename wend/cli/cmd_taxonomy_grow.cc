// SPDX-License-Identifier: Apache-2.0
// `wend taxonomy grow`.
#include <cstdio>
#include <map>
#include <utility>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "wend/cli/number_option.h"
#include "wend/cli/spend.h"
#include "wend/cli/taxonomy_changes.h"
#include "wend/cli/taxonomy_verbs.h"
#include "wend/trips/artifact_place.h"
#include "wend/trips/grow.h"

namespace wend::cli {

using base::Result;
using Json = nlohmann::ordered_json;

namespace {

Result<trips::GrowRequest> request_of(const Globals& globals, const GrowOptions& options) {
  trips::GrowRequest request;
  request.under = options.under;
  request.describe = options.describe;
  request.dataset = options.dataset;
  request.name = options.name;
  request.at_most = options.at_most;
  request.generator = options.generator;
  request.shots = options.shots;
  request.scoring = TRY(label::parse_scoring(options.score));
  request.judge = options.judge;
  request.self_judging =
      options.force_judge ? trips::SelfJudging::kForced : trips::SelfJudging::kRefused;
  request.budget = options.budget;
  request.seed = globals.seed;
  request.threads = globals.threads;
  return request;
}

Json to_json(const trips::GrowEstimate& estimate, const std::string& currency) {
  const trips::LabelEstimate& answers = estimate.answers;
  const std::size_t judging = answers.judging ? answers.judging->calls : 0;
  return {
      {"calls", estimate.calls()},
      {"reused", estimate.writing.reused + answers.answers.reused},
      {"estimate", estimate.cost()},
      {"currency", currency},
      {"leaves", estimate.writing.leaves},
      {"pairs", estimate.writing.pairs},
      {"is_known", estimate.is_known},
      {"plan",
       {{{"stage", "write"},
         {"calls", estimate.writing.calls},
         {"estimate", estimate.writing.cost}},
        {{"stage", "answer"}, {"calls", answers.answers.calls}, {"estimate", answers.answers.cost}},
        {{"stage", "judge"},
         {"calls", judging},
         {"estimate", answers.judging ? answers.judging->cost : 0.0}}}}};
}

void print_estimate(std::FILE* stream,
                    const trips::GrowEstimate& estimate,
                    const std::string& currency) {
  const Json plan = to_json(estimate, currency)["plan"];
  fmt::print(stream,
             "{}{} new task types, {} questions; {} calls to make, about {:.4g} {}\n",
             estimate.is_known ? "" : "at most ",
             estimate.writing.leaves,
             estimate.writing.pairs,
             estimate.calls(),
             estimate.cost(),
             currency);
  for (const Json& stage : plan) {
    fmt::print(stream,
               "{:>7}: {} calls, {:.4g} {}\n",
               stage["stage"].get<std::string>(),
               stage["calls"].get<std::size_t>(),
               stage["estimate"].get<double>(),
               currency);
  }
}

/// What is told at the end, beside the artifact.
struct Outcome {
  const trips::GrowResult& result;
  const trips::GrowEstimate& estimate;
  const std::string& collection;
  const std::string& currency;

  std::size_t pairs() const {
    std::size_t sum = 0;
    for (const synth::LeafPairs& leaf : leaves()) {
      sum += leaf.pairs.size();
    }
    return sum;
  }

  std::vector<synth::LeafPairs> leaves() const {
    return result.writing.synthesis ? result.writing.synthesis->leaves
                                    : std::vector<synth::LeafPairs>();
  }

  std::size_t unscored() const { return result.answers ? result.answers->unscored : 0; }

  /// Why there is no artifact; null where there is one.
  const char* stopped() const {
    const char* reason = stop_reason(result.run);
    return reason != nullptr || result.is_whole() ? reason : "failure";
  }
};

Json nodes_json(const Outcome& outcome) {
  Json nodes = Json::array();
  for (const synth::LeafPairs& leaf : outcome.leaves()) {
    const core::TaskNode& node = outcome.result.writing.synthesis->taxonomy.nodes()[leaf.node];
    nodes.push_back({{"task_id", node.id},
                     {"name", node.name},
                     {"have", leaf.pairs.size()},
                     {"want", leaf.want}});
  }
  return nodes;
}

Json to_json(const Outcome& outcome, const trips::Upkept* grown) {
  return {{"artifact", grown == nullptr ? Json() : Json(grown->id)},
          {"changed", grown == nullptr ? Json::array() : changes_json(grown->changed)},
          {"dataset", outcome.collection},
          {"nodes", nodes_json(outcome)},
          {"pairs", outcome.pairs()},
          {"unscored", outcome.unscored()},
          {"malformed", outcome.result.writing.standing.malformed},
          {"calls", outcome.result.run.calls},
          {"estimate", outcome.estimate.cost()},
          {"spent", outcome.result.run.spent},
          {"currency", outcome.currency},
          {"left", left_to_json(outcome.result.run.left)},
          {"stopped", outcome.stopped() == nullptr ? Json() : Json(outcome.stopped())}};
}

void print_failures(const std::map<std::string, std::size_t>& failures) {
  for (const auto& [why, calls] : failures) {
    fmt::print("{} failed: {}\n", calls, why);
  }
}

void print_for_a_person(const Outcome& outcome,
                        const trips::Upkept* grown,
                        const GrowOptions& options) {
  if (grown != nullptr) {
    print_changes(*grown, options.out);
  }
  for (const synth::LeafPairs& leaf : outcome.leaves()) {
    fmt::print("{}: {} of {} questions\n",
               outcome.result.writing.synthesis->taxonomy.nodes()[leaf.node].id,
               leaf.pairs.size(),
               leaf.want);
  }
  fmt::print("{}: {} calls, {:.4g} {} (estimated {:.4g})\n",
             outcome.collection,
             outcome.result.run.calls,
             outcome.result.run.spent,
             outcome.currency,
             outcome.estimate.cost());
  if (outcome.unscored() > 0) {
    fmt::print("{} answers have no score and do not count\n", outcome.unscored());
  }
  print_failures(outcome.result.writing.standing.failures);
  if (outcome.result.answers) {
    print_failures(outcome.result.answers->tally.failures);
  }
  print_how_it_ended(outcome.result.run);
}

/// The branch was paid for: what comes of it is written and told, or how far it came.
Result<int> finish(const Globals& globals,
                   const GrowOptions& options,
                   const Outcome& outcome,
                   const std::optional<trips::Upkept>& grown) {
  if (grown) {
    TRY(ml::write_artifact(grown->artifact, options.out));
    TRY(trips::point_latest_at(options.out));
  }
  const trips::Upkept* const told = grown ? &*grown : nullptr;
  if (globals.json) {
    print_json(to_json(outcome, told));
  } else {
    print_for_a_person(outcome, told, options);
  }
  const int status = exit_status_of(outcome.result.run);
  return status == 0 && !grown ? 1 : status;
}

void declare_branch(CLI::App& verb, GrowOptions& options) {
  verb.add_option("--under",
                  options.under,
                  "Id of the task type that gets further ones below it (default: new domains)");
  verb.add_option("--describe", options.describe, "The questions that they are to hold")
      ->required();
  take_whole_number(verb.add_option("--at-most",
                                    options.at_most,
                                    "New task types right below --under at most (default: what "
                                    "the caps of synth leave room for)"),
                    {1, 1000});
  verb.add_option("--dataset",
                  options.dataset,
                  "The collection that the router was trained on (default: as the artifact says)");
  verb.add_option("--name", options.name, "The collection that the new questions become");
}

void declare_writing_and_scoring(CLI::App& verb, GrowOptions& options) {
  verb.add_option(
      "--generator", options.generator, "The model that writes (default: synth.generator)");
  take_whole_number(
      verb.add_option("--shots", options.shots, "Questions of each leaf (default: synth.shots)"),
      {1, 10000});
  verb.add_option(
          "--score", options.score, "metric, judge, or both: the metric where it can be had")
      ->capture_default_str();
  verb.add_option("--judge", options.judge, "The model that scores (default: label.judge)");
  verb.add_flag("--force-judge", options.force_judge, "Let a model judge its own answers");
}

void declare_spending(CLI::App& verb, GrowOptions& options) {
  take_number(verb.add_option("--budget", options.budget, "Stop before more than this is spent"),
              {0, 1e12});
  verb.add_flag("--dry-run", options.dry_run, "Say what there is to do and what it would cost");
  verb.add_flag("--yes", options.yes, "Spend without asking");
}

}  // namespace

Result<int> run_taxonomy_grow(const Globals& globals,
                              const GrowOptions& options,
                              const LearnBranch& learn) {
  TRY(trips::check_artifact_folder(options.out));
  const trips::LoadedConfig loaded = TRY(load_config(globals));
  const ml::Artifact artifact = TRY(ml::read_artifact(options.artifact));
  const PaidStore open = TRY(open_paid_store(globals, loaded.config, AbsentStore::kRefuse));
  trips::GrowRequest request = TRY(request_of(globals, options));
  const auto trip =
      TRY(trips::GrowTrip::prepare(std::move(request), artifact, *open.store, loaded.config));
  const trips::GrowEstimate estimate = TRY(trip->estimate(*open.ledger, *open.store));
  const std::string& currency = loaded.config.currency;
  const bool is_agreed =
      TRY(agree(globals,
                {options.dry_run,
                 options.yes,
                 {estimate.calls(), estimate.cost(), currency},
                 [&] { return to_json(estimate, currency); },
                 [&](std::FILE* stream) { print_estimate(stream, estimate, currency); },
                 [&] { return trip->check_ready(); }}));
  if (!is_agreed) {
    return 0;
  }
  const auto progress = make_progress(globals);
  const trips::GrowResult result = TRY(trip->run(*open.store, *open.ledger, *progress));
  std::optional<trips::Upkept> grown;
  if (result.is_whole()) {
    grown = TRY(learn(artifact, *trip, *open.store));
  }
  return finish(globals, options, {result, estimate, trip->collection(), currency}, grown);
}

Result<trips::Upkept> append_branch(const ml::Artifact& artifact,
                                    trips::GrowTrip& trip,
                                    store::Store& store) {
  return trips::grow(artifact, TRY(trip.growth(store)));
}

Run declare_taxonomy_grow(CLI::App& verb, const Globals& globals, const GrowByReplay& replay) {
  auto options = std::make_shared<GrowOptions>();
  declare_branch(verb, *options);
  declare_writing_and_scoring(verb, *options);
  verb.add_flag("--replay-old",
                options->replay_old,
                "Train on from the old weights, on the old questions and the new; else nothing is "
                "trained and no old number changes");
  declare_spending(verb, *options);
  verb.add_option(
          "--artifact", options->artifact, "Folder of the trained router, which is only read")
      ->required();
  verb.add_option(
          "--out", options->out, "Folder of the new artifact; latest beside it will point at it")
      ->required();
  return interruptible(
      [options, &globals, replay] {
        return options->replay_old ? replay(globals, *options)
                                   : run_taxonomy_grow(globals, *options, append_branch);
      },
      "what was answered is kept");
}

}  // namespace wend::cli
