// SPDX-License-Identifier: Apache-2.0
#include "wend/cli/discover_options.h"

#include <CLI/CLI.hpp>

#include "wend/cli/number_option.h"
#include "wend/routers/finerouter/options.h"

namespace wend::cli {
namespace {

/// Which prompts are joined by an edge.
void declare_graph(CLI::App& verb, DiscoverOptions& options) {
  discover::DiscoverOptions& found = options.finding.discovery;
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
                              options.rbo_threshold,
                              "The same as a number, chance-corrected (0: as random rankings "
                              "agree, 1: equal ones), in place of the percentile"),
              {0, 1});
}

/// What becomes of the graph.
void declare_communities(CLI::App& verb, DiscoverOptions& options) {
  discover::DiscoverOptions& found = options.finding.discovery;
  verb.add_option("--objective", options.objective, "modularity or cpm")->capture_default_str();
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
                                    "How often prompts, then their communities, are clustered")
                        ->capture_default_str(),
                    {1, routers::DiscoveryChoice::kMostIterations});
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
}

}  // namespace

void declare_discover_options(CLI::App& verb, DiscoverOptions& options) {
  verb.add_option("--dataset", options.data.dataset, "The imported collection")->required();
  verb.add_option("--pool",
                  options.data.pool,
                  "A named pool of it (default: main where it exists, else every model)");
  verb.add_option("--split",
                  options.data.split,
                  "Shares of train:validation:test; test is not looked at (default 0.7:0.1:0.2)");
  verb.add_option("--out", options.out, "Folder of taxonomy.json, task_labels.jsonl, map.html")
      ->required();
  verb.add_option("--describe",
                  options.describe,
                  "A model that says of each prompt in one sentence what it asks for; none: a "
                  "prompt stands for itself (default: discover.describer, else none)");
  verb.add_option("--compare",
                  options.compare,
                  "A field of queries.jsonl with known topics, to compare the task types with");
  declare_graph(verb, options);
  declare_communities(verb, options);
  take_number(
      verb.add_option(
          "--budget", options.budget, "Stop before --describe is expected to spend more than this"),
      {0, 1e12});
  verb.add_flag("--dry-run", options.dry_run, "Say what --describe would ask and cost");
  verb.add_flag("--yes", options.yes, "Spend without asking");
}

base::Result<trips::DiscoverRequest> discover_request(const Globals& globals,
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
    return base::fail(base::Code::kInvalidArgument,
                      "--objective {}: expected modularity or cpm",
                      options.objective);
  }
  request.shares = choice.shares;
  request.split_text = options.data.split.empty() ? config.train.split : options.data.split;
  request.seed = globals.seed;
  request.threads = globals.threads;
  request.compare = options.compare;
  return request;
}

}  // namespace wend::cli
