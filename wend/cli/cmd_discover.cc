// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <cstdio>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <sys/resource.h>

#include "wend/cli/data_options.h"
#include "wend/cli/number_option.h"
#include "wend/cli/spend.h"
#include "wend/cli/verbs.h"
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
  std::string describe = "none";
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
  double write = 0;
};

double peak_rss_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

Json stages_json(const discover::StageTimes& seconds, const Timing& timing) {
  return {{{"name", "prepare"}, {"seconds", timing.prepare}},
          {{"name", "neighbours"}, {"seconds", seconds.neighbours}},
          {{"name", "overlap"}, {"seconds", seconds.overlap}},
          {{"name", "leiden"}, {"seconds", seconds.leiden}},
          {{"name", "summary"}, {"seconds", seconds.summary}},
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

Result<int> run_discover(const Globals& globals, const DiscoverOptions& options) {
  const trips::LoadedConfig loaded = TRY(load_config(globals));
  const DataChoice choice = TRY(resolve(options.data, loaded.config));
  const trips::DiscoverRequest request = TRY(make_request(globals, options, choice, loaded.config));
  const auto progress = make_progress(globals);
  auto clock = std::chrono::steady_clock::now();
  DataSource source = TRY(open_source(globals, loaded.config, progress.get()));
  const trips::PreparedData prepared = TRY(prepare(source, options.data, choice));
  trips::TaskDiscovery discovery = TRY(trips::split_for_discovery(request, prepared));
  Timing timing;
  timing.prepare = seconds_since(clock);
  TRY(trips::discover(request, prepared, nullptr, discovery));
  seconds_since(clock);
  TRY(trips::write_discovery(request, prepared, nullptr, discovery, options.out));
  timing.write = seconds_since(clock);
  if (globals.json) {
    print_json(to_json(options, discovery, timing));
  } else {
    print_for_a_person(options, discovery, timing);
  }
  return 0;
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
                  "prompt stands for itself")
      ->capture_default_str();
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
  return interruptible([options, &globals] { return run_discover(globals, *options); },
                       "nothing was written; vectors computed so far are kept in the store");
}

}  // namespace wend::cli
