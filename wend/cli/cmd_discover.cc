// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "wend/cli/dialogue_estimate.h"
#include "wend/cli/discover_options.h"
#include "wend/cli/discover_summary.h"
#include "wend/cli/spend.h"
#include "wend/store/sqlite_call_ledger.h"

namespace wend::cli {

using base::Result;

namespace {

double seconds_since(std::chrono::steady_clock::time_point& begun) {
  const auto now = std::chrono::steady_clock::now();
  const double seconds = std::chrono::duration<double>(now - begun).count();
  begun = now;
  return seconds;
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
  rows.reserve(discovery.table_rows.size());
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
                      AskedDescriber& asked,
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
  const bool is_agreed = TRY(agree(
      bench.globals,
      {bench.options.dry_run,
       bench.options.yes,
       {asked.estimate.calls, asked.estimate.cost, currency},
       [&] { return estimate_json("prompts", asked.estimate, currency); },
       [&](std::FILE* stream) { print_estimate(stream, "prompts", asked.estimate, currency); },
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
Result<Step> name(const Bench& bench, AskedDescriber& asked, trips::FoundTasks& found) {
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

/// Finds, names and writes.
Result<int> find_and_write(const Bench& bench,
                           trips::DiscoverRequest request,
                           const trips::PreparedData& prepared,
                           trips::TaskDiscovery& discovery,
                           DiscoverTiming timing) {
  AskedDescriber asked;
  std::optional<trips::PromptDescriptions> descriptions;
  const std::string& currency = bench.config.currency;
  const auto stopped = [&] {
    return print_stopped_discovery(bench.globals, bench.options, asked, currency);
  };
  const bool is_described = bench.options.describe != "none";
  auto clock = std::chrono::steady_clock::now();
  if (is_described) {
    const Step step = TRY(describe(bench, prepared, discovery, asked, descriptions));
    if (step == Step::kEndsHere) {
      return asked.described ? stopped() : 0;
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
      return stopped();
    }
  }
  timing.name = seconds_since(clock);
  TRY(trips::write_discovery(request, prepared, said, discovery, bench.options.out));
  timing.write = seconds_since(clock);
  print_discovery(bench.globals, {bench.options, discovery, asked, timing, currency});
  return 0;
}

Result<int> run_discover(const Globals& globals, DiscoverOptions options) {
  const trips::LoadedConfig loaded = TRY(load_config(globals));
  if (options.describe.empty()) {
    const std::string& describer = loaded.config.discover.describer;
    options.describe = describer.empty() ? "none" : describer;
  }
  const DataChoice choice = TRY(resolve(options.data, loaded.config));
  const trips::DiscoverRequest request =
      TRY(discover_request(globals, options, choice, loaded.config));
  const auto progress = make_progress(globals);
  auto clock = std::chrono::steady_clock::now();
  DataSource source = TRY(open_source(globals, loaded.config, progress.get()));
  const auto ledger = TRY(store::open_call_ledger(store_path(globals, loaded.config)));
  const trips::PreparedData prepared = TRY(prepare(source, options.data, choice));
  trips::TaskDiscovery discovery = TRY(trips::split_for_discovery(request, prepared));
  DiscoverTiming timing;
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
  declare_discover_options(verb, *options);
  return interruptible([options, &globals] { return run_discover(globals, *options); },
                       "nothing was written; vectors and answers so far are kept in the store");
}

}  // namespace wend::cli
