// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cstdio>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <sys/resource.h>

#include "wend/cli/data_options.h"
#include "wend/cli/number_option.h"
#include "wend/cli/spend.h"
#include "wend/cli/verbs.h"
#include "wend/store/sqlite_call_ledger.h"
#include "wend/trips/describe.h"
#include "wend/trips/discover.h"

namespace wend::cli {

using base::Code;
using base::fail;
using base::Result;
using base::Status;
using Json = nlohmann::ordered_json;

namespace {

struct DiscoverOptions {
  DataOptions data;
  std::string out;
  std::string describe;
  std::string objective = "modularity";
  std::string compare;
  trips::TaskFinding finding;
  std::optional<double> rbo_threshold;
  std::optional<double> budget;
  bool dry_run = false;
  bool yes = false;
};

/// Seconds of the parts that discovery does not time itself.
struct Timing {
  double prepare = 0;
  double describe = 0;
  double name = 0;
  double write = 0;
};

double peak_rss_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

Json stages_json(const discover::StageTimes& seconds, const Timing& timing) {
  return {{{"name", "prepare"}, {"seconds", timing.prepare}},
          {{"name", "describe"}, {"seconds", timing.describe}},
          {{"name", "neighbours"}, {"seconds", seconds.neighbours}},
          {{"name", "overlap"}, {"seconds", seconds.overlap}},
          {{"name", "leiden"}, {"seconds", seconds.leiden}},
          {{"name", "summary"}, {"seconds", seconds.summary}},
          {{"name", "name"}, {"seconds", timing.name}},
          {{"name", "write"}, {"seconds", timing.write}}};
}

Json agreement_json(const std::optional<trips::TopicAgreement>& agreement) {
  return agreement ? Json({{"field", agreement->field},
                           {"prompts", agreement->agreement.items},
                           {"topics", agreement->topics},
                           {"nmi", agreement->agreement.nmi},
                           {"ari", agreement->agreement.ari}})
                   : Json();
}

std::size_t assigned(const discover::Discovered& found) {
  return found.task.size() - found.others.prompts.size();
}

Json to_json(const DiscoverOptions& options,
             const trips::TaskDiscovery& discovery,
             const Timing& timing) {
  const discover::Discovered& found = discovery.found.discovered;
  Json iterations = Json::array();
  for (const discover::Iteration& iteration : found.iterations) {
    iterations.push_back({{"nodes", iteration.nodes},
                          {"communities", iteration.communities},
                          {"near_edges", iteration.near_edges},
                          {"kept_edges", iteration.kept_edges},
                          {"rbo_threshold", iteration.rbo_threshold}});
  }
  return {{"dataset", options.data.dataset},
          {"out", options.out},
          {"describe", options.describe},
          {"tasks", found.tasks.size()},
          {"assigned", assigned(found)},
          {"unassigned", found.others.prompts.size()},
          {"modularity", found.modularity},
          {"iterations", iterations},
          {"agreement", agreement_json(discovery.agreement)},
          {"stages", stages_json(found.seconds, timing)},
          {"peak_rss_mb", peak_rss_mb()}};
}

void print_for_a_person(const DiscoverOptions& options,
                        const trips::TaskDiscovery& discovery,
                        const Timing& timing) {
  const discover::Discovered& found = discovery.found.discovered;
  fmt::print("{}: {} task types, {} prompts in them and {} in none (modularity {:.3f})\n",
             options.data.dataset,
             found.tasks.size(),
             assigned(found),
             found.others.prompts.size(),
             found.modularity);
  for (const discover::Iteration& iteration : found.iterations) {
    fmt::print("  {} nodes, {} of {} edges kept, {} communities\n",
               iteration.nodes,
               iteration.kept_edges,
               iteration.near_edges,
               iteration.communities);
  }
  if (discovery.agreement) {
    fmt::print("agrees with the {} values of '{}': NMI {:.3f}, ARI {:.3f} ({} prompts)\n",
               discovery.agreement->topics,
               discovery.agreement->field,
               discovery.agreement->agreement.nmi,
               discovery.agreement->agreement.ari,
               discovery.agreement->agreement.items);
  }
  fmt::print(
      "seconds: {:.1f} prepare, {:.1f} neighbours, {:.1f} overlap, {:.1f} Leiden, {:.1f} "
      "summary; peak {:.0f} MiB\n",
      timing.prepare,
      found.seconds.neighbours,
      found.seconds.overlap,
      found.seconds.leiden,
      found.seconds.summary,
      peak_rss_mb());
  fmt::print(
      "{0}/map.html shows them; wend train --router trouter --dataset {1} --tasks {0} "
      "learns from them\n",
      options.out,
      options.data.dataset);
}

Result<trips::DiscoverRequest> make_request(const Globals& globals,
                                            const DiscoverOptions& options,
                                            const DataChoice& choice,
                                            const trips::Config& config) {
  trips::DiscoverRequest request;
  request.finding = options.finding;
  discover::CommunityOptions& communities = request.finding.discovery.communities;
  communities.rbo_threshold = options.rbo_threshold;
  if (options.objective == "cpm") {
    communities.objective = discover::Objective::kCpm;
  } else if (options.objective != "modularity") {
    return fail(
        Code::kInvalidArgument, "--objective {}: expected modularity or cpm", options.objective);
  }
  request.shares = choice.shares;
  request.split_text = options.data.split.empty() ? config.train.split : options.data.split;
  request.seed = globals.seed;
  request.threads = globals.threads;
  request.compare = options.compare;
  return request;
}

double seconds_since(std::chrono::steady_clock::time_point& begun) {
  const auto now = std::chrono::steady_clock::now();
  const double seconds = std::chrono::duration<double>(now - begun).count();
  begun = now;
  return seconds;
}

/// What a model was asked in the course of a discovery.
struct AskedModel {
  std::string model;  ///< Empty: none was asked.
  llm::DialogueEstimate estimate;
  std::optional<trips::DescribeResult> described;
  std::optional<trips::NameResult> named;

  double spent() const {
    return (described ? described->asked.run.spent : 0) + (named ? named->asked.run.spent : 0);
  }
};

Json to_json(const llm::DialogueEstimate& estimate, const std::string& currency) {
  return {{"prompts", estimate.items},
          {"reused", estimate.reused},
          {"calls", estimate.calls},
          {"input_tokens", static_cast<std::uint64_t>(estimate.input_tokens)},
          {"output_tokens", static_cast<std::uint64_t>(estimate.output_tokens)},
          {"estimate", estimate.cost},
          {"currency", currency}};
}

void print_estimate(std::FILE* stream,
                    const llm::DialogueEstimate& estimate,
                    const std::string& currency) {
  fmt::print(stream,
             "{} prompts to describe, {} known already; {} calls to make: about {:.0f} tokens in, "
             "{:.0f} out, {:.4g} {}, and a call for each task that is found\n",
             estimate.items,
             estimate.reused,
             estimate.calls,
             estimate.input_tokens,
             estimate.output_tokens,
             estimate.cost,
             currency);
}

/// Everything that a discovery stands on while it runs.
struct Bench {
  const Globals& globals;
  const DiscoverOptions& options;
  const trips::Config& config;
  DataSource& source;
  core::CallLedger& ledger;
  base::Progress& progress;
};

/// The discovered rows' texts, in the order of the table.
std::vector<discover::PromptText> prompts_of(const trips::TaskDiscovery& discovery,
                                             const trips::PreparedData& prepared) {
  std::vector<std::uint32_t> rows;
  for (const std::vector<std::uint32_t>& same : discovery.table_rows) {
    rows.push_back(same.front());
  }
  std::ranges::sort(rows);
  std::vector<discover::PromptText> prompts;
  for (const std::uint32_t row : rows) {
    prompts.push_back({prepared.table.queries[row].id, prepared.routing_texts[row]});
  }
  return prompts;
}

/// How a verb goes on after a paid step.
enum class Step : std::uint8_t { kGoesOn, kEndsHere };

/// Asks for the descriptions and embeds them.
Result<Step> describe(const Bench& bench,
                      const trips::PreparedData& prepared,
                      const trips::TaskDiscovery& discovery,
                      AskedModel& asked,
                      std::optional<trips::PromptDescriptions>& descriptions) {
  const std::vector<discover::PromptText> prompts = prompts_of(discovery, prepared);
  const auto trip = TRY(trips::DescribeTrip::prepare(
      prompts,
      {bench.options.describe, bench.options.budget, bench.globals.seed},
      bench.config,
      bench.ledger));
  asked.model = trip->model();
  asked.estimate = TRY(trip->estimate());
  const std::string& currency = bench.config.currency;
  const bool is_agreed =
      TRY(agree(bench.globals,
                {bench.options.dry_run,
                 bench.options.yes,
                 {asked.estimate.calls, asked.estimate.cost, currency},
                 [&] { return to_json(asked.estimate, currency); },
                 [&](std::FILE* stream) { print_estimate(stream, asked.estimate, currency); },
                 [&] { return trip->check_ready(); }}));
  if (!is_agreed) {
    return Step::kEndsHere;
  }
  asked.described = TRY(trip->run(bench.ledger, bench.progress));
  if (!asked.described->asked.is_whole()) {
    return Step::kEndsHere;
  }
  descriptions.emplace();
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    const discover::Description& description = asked.described->descriptions[i];
    if (description.end == discover::DescriptionEnd::kDescribed) {
      descriptions->sentences[prompts[i].id] = description.text;
    }
  }
  if (!descriptions->sentences.empty()) {
    descriptions->vectors = TRY(trips::description_vectors(
        descriptions->sentences,
        prepared.table,
        {bench.source.embedder, *bench.source.store, bench.globals.threads, &bench.progress}));
  }
  return Step::kGoesOn;
}

/// Asks what the tasks are to be called.
Result<Step> name(const Bench& bench, AskedModel& asked, trips::FoundTasks& found) {
  trips::DescriberChoice choice{bench.options.describe, bench.options.budget, bench.globals.seed};
  if (choice.budget) {
    *choice.budget = std::max(0.0, *choice.budget - asked.spent());
  }
  const auto trip =
      TRY(trips::NameTrip::prepare(found.named, std::move(choice), bench.config, bench.ledger));
  asked.named = TRY(trip->run(bench.ledger, bench.progress));
  if (!asked.named->asked.is_whole()) {
    return Step::kEndsHere;
  }
  TRY(trips::rename_tasks(asked.named->titles, found));
  return Step::kGoesOn;
}

Json asked_json(const AskedModel& asked, const std::string& currency) {
  if (!asked.described) {
    return {};
  }
  const trips::DescribeResult& described = *asked.described;
  Json json = {{"model", asked.model},
               {"prompts", described.descriptions.size()},
               {"described", described.described},
               {"unreadable", described.unreadable},
               {"unanswered", described.unanswered},
               {"asked_again", described.asked_again},
               {"reused", described.asked.calls.reused},
               {"calls", described.asked.run.calls},
               {"input_tokens", described.asked.calls.input_tokens},
               {"output_tokens", described.asked.calls.output_tokens}};
  if (asked.named) {
    json["tasks_named"] = asked.named->named;
    json["naming_calls"] = asked.named->asked.run.calls;
  }
  json["estimate"] = asked.estimate.cost;
  json["spent"] = asked.spent();
  json["currency"] = currency;
  return json;
}

const llm::RunReport& last_run(const AskedModel& asked) {
  return asked.named ? asked.named->asked.run : asked.described->asked.run;
}

/// A discovery that stopped while a model was asked: what was answered is kept, nothing is written.
int report_stop(const Bench& bench, const AskedModel& asked) {
  const llm::RunReport& run = last_run(asked);
  if (bench.globals.json) {
    const char* const stopped = stop_reason(run);
    print_json({{"dataset", bench.options.data.dataset},
                {"tasks", Json()},
                {"asked", asked_json(asked, bench.config.currency)},
                {"stopped", stopped == nullptr ? Json() : Json(stopped)},
                {"left", left_to_json(run.left)}});
  } else {
    fmt::print("{} of {} prompts described, {:.4g} {}; nothing was written\n",
               asked.described->described,
               asked.described->descriptions.size(),
               asked.spent(),
               bench.config.currency);
    print_how_it_ended(run);
  }
  return exit_status_of(run);
}

void print_asked(const AskedModel& asked, const std::string& currency) {
  if (!asked.described) {
    fmt::print("no descriptions: each prompt stands for itself\n");
    return;
  }
  fmt::print(
      "{} described {} of {} prompts (the others stand for themselves) and named {} tasks: "
      "{:.4g} {}\n",
      asked.model,
      asked.described->described,
      asked.described->descriptions.size(),
      asked.named ? asked.named->named : 0,
      asked.spent(),
      currency);
}

/// Finds, names and writes.
Result<int> find_and_write(const Bench& bench,
                           trips::DiscoverRequest request,
                           const trips::PreparedData& prepared,
                           trips::TaskDiscovery& discovery,
                           Timing timing) {
  AskedModel asked;
  std::optional<trips::PromptDescriptions> descriptions;
  const bool is_described = bench.options.describe != "none";
  auto clock = std::chrono::steady_clock::now();
  if (is_described) {
    const Step step = TRY(describe(bench, prepared, discovery, asked, descriptions));
    if (step == Step::kEndsHere) {
      return asked.described ? report_stop(bench, asked) : 0;
    }
    request.describer = asked.model;
  }
  timing.describe = seconds_since(clock);
  const trips::PromptDescriptions* const said = descriptions ? &*descriptions : nullptr;
  TRY(trips::discover(request, prepared, said, discovery));
  seconds_since(clock);
  if (is_described) {
    const Step step = TRY(name(bench, asked, discovery.found));
    if (step == Step::kEndsHere) {
      return report_stop(bench, asked);
    }
  }
  timing.name = seconds_since(clock);
  TRY(trips::write_discovery(request, prepared, said, discovery, bench.options.out));
  timing.write = seconds_since(clock);
  if (bench.globals.json) {
    Json document = to_json(bench.options, discovery, timing);
    document["asked"] = asked_json(asked, bench.config.currency);
    print_json(document);
  } else {
    print_asked(asked, bench.config.currency);
    print_for_a_person(bench.options, discovery, timing);
  }
  return 0;
}

Result<int> run_discover(const Globals& globals, DiscoverOptions options) {
  const trips::LoadedConfig loaded = TRY(load_config(globals));
  if (options.describe.empty()) {
    const std::string& describer = loaded.config.discover.describer;
    options.describe = describer.empty() ? "none" : describer;
  }
  const DataChoice choice = TRY(resolve(options.data, loaded.config));
  const trips::DiscoverRequest request = TRY(make_request(globals, options, choice, loaded.config));
  const auto progress = make_progress(globals);
  auto clock = std::chrono::steady_clock::now();
  DataSource source = TRY(open_source(globals, loaded.config, progress.get()));
  const auto ledger = TRY(store::open_call_ledger(store_path(globals, loaded.config)));
  const trips::PreparedData prepared = TRY(prepare(source, options.data, choice));
  trips::TaskDiscovery discovery = TRY(trips::split_for_discovery(request, prepared));
  Timing timing;
  timing.prepare = seconds_since(clock);
  return find_and_write({globals, options, loaded.config, source, *ledger, *progress},
                        request,
                        prepared,
                        discovery,
                        timing);
}

}  // namespace

Run declare_discover(CLI::App& verb, const Globals& globals) {
  auto options = std::make_shared<DiscoverOptions>();
  discover::DiscoverOptions& found = options->finding.discovery;
  verb.add_option("--dataset", options->data.dataset, "The imported collection")->required();
  verb.add_option("--pool",
                  options->data.pool,
                  "A named pool of it (default: main where it exists, else every model)");
  verb.add_option("--split",
                  options->data.split,
                  "Shares of train:validation:test; test is not looked at (default 0.7:0.1:0.2)");
  verb.add_option("--out", options->out, "Folder of taxonomy.json, task_labels.jsonl, map.html")
      ->required();
  verb.add_option("--describe",
                  options->describe,
                  "A model that says of each prompt in one sentence what it asks for; none: a "
                  "prompt stands for itself (default: discover.describer, else none)");
  verb.add_option("--compare",
                  options->compare,
                  "A field of queries.jsonl with known topics, to compare the task types with");
  take_whole_number(
      verb.add_option("--neighbours", found.communities.knn.k, "Of each prompt, in the graph")
          ->capture_default_str(),
      {1, 1000});
  take_whole_number(verb.add_option("--exact-limit",
                                    found.communities.knn.exact_limit,
                                    "Up to so many prompts neighbours are found exactly")
                        ->capture_default_str(),
                    {});
  take_number(verb.add_option("--rbo-p",
                              found.communities.rbo_p,
                              "How much lower ranks count in the overlap of two rankings")
                  ->capture_default_str(),
              {0.01, 0.99});
  take_number(verb.add_option("--rbo-percentile",
                              found.communities.rbo_percentile,
                              "Least overlap of an edge, as a share of random pairs below it")
                  ->capture_default_str(),
              {0, 1});
  take_number(verb.add_option("--rbo-threshold",
                              options->rbo_threshold,
                              "The same as a number, in place of the percentile"),
              {0, 1});
  verb.add_option("--objective", options->objective, "modularity or cpm")->capture_default_str();
  take_number(
      verb.add_option(
              "--resolution", found.communities.resolution, "Higher: more and smaller task types")
          ->capture_default_str(),
      {1e-6, 1e6});
  take_number(
      verb.add_option("--finer",
                      found.communities.finer,
                      "Resolution of iterations before the last, in multiples of the last's")
          ->capture_default_str(),
      {1e-3, 1e6});
  take_number(verb.add_option("--enough",
                              found.communities.enough,
                              "No further iteration with fewer communities than this times the "
                              "root of the prompts' number")
                  ->capture_default_str(),
              {0, 1e6});
  take_whole_number(verb.add_option("--iterations",
                                    found.communities.iterations,
                                    "How often communities are clustered again")
                        ->capture_default_str(),
                    {1, 10});
  take_whole_number(
      verb.add_option(
              "--min-size", found.communities.min_size, "Prompts that a task type has at least")
          ->capture_default_str(),
      {1, 1000000});
  take_number(verb.add_option("--coverage",
                              found.coverage,
                              "Share of a task's prompts whose best model its candidates hold")
                  ->capture_default_str(),
              {0, 1});
  take_number(verb.add_option("--budget",
                              options->budget,
                              "Stop before --describe is expected to spend more than this"),
              {0, 1e12});
  verb.add_flag("--dry-run", options->dry_run, "Say what --describe would ask and cost");
  verb.add_flag("--yes", options->yes, "Spend without asking");
  return interruptible([options, &globals] { return run_discover(globals, *options); },
                       "nothing was written; vectors and answers so far are kept in the store");
}

}  // namespace wend::cli
