// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "wend/base/text_table.h"
#include "wend/cli/number_option.h"
#include "wend/cli/spend.h"
#include "wend/cli/synth_audit.h"
#include "wend/cli/verbs.h"
#include "wend/trips/synth.h"

namespace wend::cli {

using base::Code;
using base::fail;
using base::Result;
using base::Status;
using Json = nlohmann::ordered_json;

namespace {

struct SynthOptions {
  std::string name;
  std::vector<std::string> domains;
  std::string describe;
  std::string generator;
  std::optional<std::uint64_t> shots;
  std::string profile_level;
  bool audit = false;
  std::optional<double> budget;
  bool dry_run = false;
  bool yes = false;
};

Status check(const SynthOptions& options) {
  if (!options.domains.empty() && !options.describe.empty()) {
    return fail(Code::kInvalidArgument,
                "--domains and --describe are two ways to say one thing; expected one of them");
  }
  if (options.audit &&
      (!options.domains.empty() || !options.describe.empty() || !options.profile_level.empty())) {
    return fail(
        Code::kInvalidArgument,
        "--audit looks at a collection that is there; it takes --name, --generator, --shots, "
        "--budget, --dry-run and --yes");
  }
  return {};
}

Json to_json(const synth::Estimate& estimate, const std::string& currency) {
  Json plan = Json::array();
  for (std::size_t i = 0; i < synth::kRoles; ++i) {
    const synth::RoleCount& count = estimate.by_role.at(i);
    if (count.calls > 0) {
      plan.push_back({{"role", synth::word_of(static_cast<synth::Role>(i))},
                      {"calls", count.calls},
                      {"input_tokens", static_cast<std::uint64_t>(count.input_tokens)},
                      {"output_tokens", static_cast<std::uint64_t>(count.output_tokens)},
                      {"estimate", count.cost}});
    }
  }
  return {{"leaves", estimate.leaves},
          {"pairs", estimate.pairs},
          {"calls", estimate.calls},
          {"most_calls", estimate.most_calls},
          {"reused", estimate.reused},
          {"input_tokens", static_cast<std::uint64_t>(estimate.input_tokens)},
          {"output_tokens", static_cast<std::uint64_t>(estimate.output_tokens)},
          {"estimate", estimate.cost},
          {"currency", currency},
          {"unpriced_calls", estimate.unpriced_calls},
          {"plan", std::move(plan)}};
}

void print_estimate(std::FILE* stream,
                    const synth::Estimate& estimate,
                    const std::string& currency) {
  fmt::print(stream,
             "{} replies are there already; about {} calls to make (never more than {}), {:.0f} "
             "tokens in, {:.0f} out, {:.4g} {}, for {} leaves and {} pairs\n",
             estimate.reused,
             estimate.calls,
             estimate.most_calls,
             estimate.input_tokens,
             estimate.output_tokens,
             estimate.cost,
             currency,
             estimate.leaves,
             estimate.pairs);
  base::TextTable table(
      {{"role", base::Align::kLeft}, {"calls"}, {"tokens in"}, {"tokens out"}, {currency}});
  for (std::size_t i = 0; i < synth::kRoles; ++i) {
    const synth::RoleCount& count = estimate.by_role.at(i);
    if (count.calls > 0) {
      table.add_row({std::string(synth::word_of(static_cast<synth::Role>(i))),
                     std::to_string(count.calls),
                     fmt::format("{:.0f}", count.input_tokens),
                     fmt::format("{:.0f}", count.output_tokens),
                     fmt::format("{:.4g}", count.cost)});
    }
  }
  if (estimate.calls > 0) {
    fmt::print(stream, "{}", table.render());
  }
  if (estimate.unpriced_calls > 0) {
    fmt::print(stream, "{} of them have no price and are not counted\n", estimate.unpriced_calls);
  }
}

Json failed_batches(const synth::LeafPairs& leaf) {
  Json list = Json::array();
  for (const synth::FailedBatch& batch : leaf.failed_batches) {
    list.push_back({{"batch", batch.batch}, {"why", batch.why}});
  }
  return list;
}

Json short_leaves(const synth::Synthesis& synthesis) {
  Json list = Json::array();
  for (const synth::LeafPairs& leaf : synthesis.leaves) {
    if (leaf.pairs.size() < leaf.want) {
      list.push_back({{"task_id", synthesis.taxonomy.nodes()[leaf.node].id},
                      {"have", leaf.pairs.size()},
                      {"want", leaf.want},
                      {"failed_batches", failed_batches(leaf)}});
    }
  }
  return list;
}

/// Nodes of a level, leaves above it not counted.
std::size_t nodes_at(const core::Taxonomy& taxonomy, std::size_t level) {
  return static_cast<std::size_t>(
      std::ranges::count(taxonomy.nodes(), level, &core::TaskNode::level));
}

std::size_t pair_count(const synth::Synthesis& synthesis) {
  std::size_t pairs = 0;
  for (const synth::LeafPairs& leaf : synthesis.leaves) {
    pairs += leaf.pairs.size();
  }
  return pairs;
}

/// What a run has come to, whole or not.
struct Outcome {
  const trips::SynthResult& result;
  const synth::Estimate& estimate;
  std::string dataset;
  std::string currency;

  const char* stopped() const {
    const char* const word = stop_reason(result.run);
    return word == nullptr && !result.synthesis ? "failure" : word;
  }
};

Json unsplit_nodes(const synth::Synthesis& synthesis) {
  Json list = Json::array();
  for (const synth::UnsplitNode& node : synthesis.unsplit) {
    list.push_back({{"task_id", node.node_id}, {"why", node.why}});
  }
  return list;
}

Json to_json(const Outcome& outcome) {
  const trips::SynthResult& result = outcome.result;
  Json document = {{"dataset", outcome.dataset}};
  if (result.synthesis) {
    const core::Taxonomy& taxonomy = result.synthesis->taxonomy;
    document["domains"] = nodes_at(taxonomy, 0);
    document["subcategories"] = nodes_at(taxonomy, 1);
    document["leaves"] = taxonomy.leaves().size();
    document["pairs"] = pair_count(*result.synthesis);
    document["short"] = short_leaves(*result.synthesis);
    document["unsplit"] = unsplit_nodes(*result.synthesis);
    document["taken_out"] = {{"questions", result.taken_out.questions},
                             {"answered", result.taken_out.answered}};
  } else {
    document["nodes"] = result.standing.nodes;
    document["leaves"] = result.standing.leaves;
    document["pairs"] = result.standing.pairs;
  }
  document["malformed"] = result.standing.malformed;
  document["calls"] = result.run.calls;
  document["reused"] = result.reused;
  document["failed"] = result.run.failed;
  document["input_tokens"] = result.standing.input_tokens;
  document["output_tokens"] = result.standing.output_tokens;
  document["estimate"] = outcome.estimate.cost;
  document["spent"] = result.run.spent;
  document["currency"] = outcome.currency;
  document["stopped"] = outcome.stopped() == nullptr ? Json() : Json(outcome.stopped());
  document["failures"] = result.standing.failures;
  document["left"] = left_to_json(result.run.left);
  return document;
}

/// Behind how many said the same.
std::string failed_words(const synth::LeafPairs& leaf) {
  return leaf.failed_batches.empty()
             ? ""
             : fmt::format("; of {} of {} batches no reply could be used: {}",
                           leaf.failed_batches.size(),
                           leaf.yields.size(),
                           leaf.failed_batches.back().why);
}

void print_made(const synth::Synthesis& made, const std::string& dataset) {
  fmt::print("{}: {} domains, {} subcategories, {} leaves, {} pairs\n",
             dataset,
             nodes_at(made.taxonomy, 0),
             nodes_at(made.taxonomy, 1),
             made.taxonomy.leaves().size(),
             pair_count(made));
  for (const synth::LeafPairs& leaf : made.leaves) {
    if (leaf.pairs.size() < leaf.want) {
      fmt::print("  {} has {} of {} pairs ({} said what others say{})\n",
                 made.taxonomy.nodes()[leaf.node].id,
                 leaf.pairs.size(),
                 leaf.want,
                 leaf.duplicates + leaf.duplicates_across,
                 failed_words(leaf));
    }
  }
  for (const synth::UnsplitNode& node : made.unsplit) {
    fmt::print("  {} was not divided: {}\n",
               node.node_id.empty() ? "the set of domains" : node.node_id,
               node.why);
  }
}

void print_taken_out(const trips::TakenOut& taken_out) {
  if (taken_out.questions > 0) {
    fmt::print(
        "{} questions of an earlier run were taken out, {} of them with answers, which stay "
        "in the ledger\n",
        taken_out.questions,
        taken_out.answered);
  }
}

void print_for_a_person(const Outcome& outcome) {
  const trips::SynthResult& result = outcome.result;
  if (result.synthesis) {
    print_made(*result.synthesis, outcome.dataset);
    print_taken_out(result.taken_out);
  }
  fmt::print(
      "{} calls, {} replies from before, {} that could not be used; {} tokens in, {} out, "
      "{:.4g} {} (estimated {:.4g})\n",
      result.run.calls,
      result.reused,
      result.standing.malformed,
      result.standing.input_tokens,
      result.standing.output_tokens,
      result.run.spent,
      outcome.currency,
      outcome.estimate.cost);
  for (const auto& [why, calls] : result.standing.failures) {
    fmt::print("{} failed: {}\n", calls, why);
  }
  for (const llm::LeftModel& left : result.run.left) {
    fmt::print("{} was asked no more: {}\n", left.model, left.error.message);
  }
  if (outcome.stopped() != nullptr) {
    fmt::print("stopped ({}); no collection is written yet, the same command goes on from here\n",
               outcome.stopped());
  }
}

trips::SynthRequest request_of(const Globals& globals, const SynthOptions& options) {
  trips::SynthRequest request;
  request.name = options.name;
  request.domains = options.domains;
  request.describe = options.describe;
  request.generator = options.generator;
  request.shots = options.shots;
  request.profile_level = options.profile_level;
  request.budget = options.budget;
  request.seed = globals.seed;
  request.threads = globals.threads;
  return request;
}

int status_of(const Outcome& outcome) {
  const int status = exit_status_of(outcome.result.run);
  return status == 0 && !outcome.result.synthesis ? 1 : status;
}

Result<int> synthesise(const Globals& globals, const SynthOptions& options) {
  const trips::LoadedConfig loaded = TRY(load_config(globals));
  const trips::Config& config = loaded.config;
  const auto trip = TRY(trips::SynthTrip::prepare(request_of(globals, options), config));
  const PaidStore open = TRY(open_paid_store(
      globals, config, options.dry_run ? AbsentStore::kPretend : AbsentStore::kMake));
  if (open.store != nullptr) {
    TRY(trip->check_name(*open.store));
  }
  const synth::Estimate estimate = TRY(trip->estimate(*open.ledger, open.store.get()));
  const bool is_agreed =
      TRY(agree(globals,
                {options.dry_run,
                 options.yes,
                 {estimate.calls, estimate.cost, config.currency},
                 [&] { return to_json(estimate, config.currency); },
                 [&](std::FILE* stream) { print_estimate(stream, estimate, config.currency); },
                 [&] { return trip->check_ready(); }}));
  if (!is_agreed) {
    return 0;
  }
  const auto progress = make_progress(globals);
  const trips::SynthResult result = TRY(trip->run(*open.store, *open.ledger, *progress));
  const Outcome outcome{result, estimate, options.name, config.currency};
  if (globals.json) {
    print_json(to_json(outcome));
  } else {
    print_for_a_person(outcome);
  }
  return status_of(outcome);
}

Result<int> run_synth(const Globals& globals, const SynthOptions& options) {
  TRY(check(options));
  if (!options.audit) {
    return synthesise(globals, options);
  }
  return run_audit(globals,
                   {options.name,
                    options.generator,
                    options.shots,
                    options.budget,
                    options.dry_run,
                    options.yes});
}

}  // namespace

Run declare_synth(CLI::App& verb, const Globals& globals) {
  auto options = std::make_shared<SynthOptions>();
  verb.add_option("--name", options->name, "The collection that comes of it")->required();
  verb.add_option("--domains", options->domains, "Of the configuration's domains these: a,b")
      ->delimiter(',')
      ->allow_extra_args(false);
  verb.add_option("--describe",
                  options->describe,
                  "An application, in a sentence or a page; its domains are proposed");
  verb.add_option("--generator",
                  options->generator,
                  "The model that writes (default: "
                  "synth.generator)");
  take_whole_number(
      verb.add_option(
          "--shots",
          options->shots,
          "Questions of each leaf (default: synth.shots); of --audit, answers to look at"),
      {1, 10000});
  verb.add_option("--profile-level",
                  options->profile_level,
                  "Where the tree ends: domain, subcategory or difficulty");
  verb.add_flag("--audit",
                options->audit,
                "Look over the questions and answers of a collection that is there");
  take_number(
      verb.add_option("--budget",
                      options->budget,
                      "Stop this run before its calls are expected to come to more than this"),
      {0, 1e12});
  verb.add_flag("--dry-run", options->dry_run, "Say what there is to do and what it would cost");
  verb.add_flag("--yes", options->yes, "Spend without asking");
  return interruptible([options, &globals] { return run_synth(globals, *options); },
                       "what was answered is kept");
}

}  // namespace wend::cli
