// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <utility>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "wend/cli/dialogue_estimate.h"
#include "wend/cli/discover_options.h"
#include "wend/cli/discover_summary.h"
#include "wend/cli/spend.h"
#include "wend/discover/stopwatch.h"
#include "wend/store/sqlite_call_ledger.h"

namespace wend::cli {

using base::Result;

namespace {

/// Everything that a discovery stands on while it runs.
struct Workplace {
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
  prompts.reserve(rows.size());
  for (const std::uint32_t row : rows) {
    prompts.push_back({prepared.table.queries[row].id, prepared.routing_texts[row]});
  }
  return prompts;
}

/// How a verb goes on after a paid step.
enum class Step : std::uint8_t { kGoesOn, kEndsHere };

constexpr const char* kNamesToo = "about a call for the name of each task type that is found";

/// Of --dry-run, and before anything is asked.
void print_plan(std::FILE* stream, const AskedDescriber& asked, const std::string& currency) {
  print_estimate(stream, "prompts", asked.estimate, currency);
  fmt::print(stream, "and {}\n", kNamesToo);
}

nlohmann::ordered_json plan_json(const AskedDescriber& asked, const std::string& currency) {
  nlohmann::ordered_json plan = estimate_json("prompts", asked.estimate, currency);
  plan["and"] = kNamesToo;
  return plan;
}

/// What is known of the prompts once they have been described.
Result<trips::PromptDescriptions> embedded(const Workplace& place,
                                           const trips::PreparedData& prepared,
                                           const std::vector<discover::PromptText>& prompts,
                                           const trips::DescribeResult& described) {
  trips::PromptDescriptions descriptions;
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    const discover::Description& description = described.descriptions[i];
    if (description.end == discover::DescriptionEnd::kDescribed) {
      descriptions.sentences[prompts[i].id] = description.text;
    }
  }
  if (!descriptions.sentences.empty()) {
    descriptions.vectors = TRY(trips::description_vectors(
        descriptions.sentences,
        prepared.table,
        {place.source.embedder, *place.source.store, place.globals.threads, &place.progress}));
  }
  return descriptions;
}

/// Asks for the descriptions and embeds them.
Result<Step> describe(const Workplace& place,
                      const trips::PreparedData& prepared,
                      const trips::TaskDiscovery& discovery,
                      AskedDescriber& asked,
                      std::optional<trips::PromptDescriptions>& descriptions) {
  const std::vector<discover::PromptText> prompts = prompts_of(discovery, prepared);
  const auto trip = TRY(trips::DescribeTrip::prepare(
      prompts,
      {place.options.describe, place.options.budget, place.globals.seed},
      place.config,
      place.ledger));
  asked.model = trip->model();
  asked.estimate = TRY(trip->estimate());
  const std::string& currency = place.config.currency;
  const bool is_agreed = TRY(agree(place.globals,
                                   {place.options.dry_run,
                                    place.options.yes,
                                    {asked.estimate.calls, asked.estimate.cost, currency},
                                    [&] { return plan_json(asked, currency); },
                                    [&](std::FILE* stream) { print_plan(stream, asked, currency); },
                                    [&] { return trip->check_ready(); }}));
  if (!is_agreed) {
    return Step::kEndsHere;
  }
  asked.described = TRY(trip->run(place.ledger, place.progress));
  if (!asked.described->asked.is_whole()) {
    return Step::kEndsHere;
  }
  descriptions = TRY(embedded(place, prepared, prompts, *asked.described));
  return Step::kGoesOn;
}

/// Asks what the tasks are to be called. Who was shown the plan of the descriptions and agreed to
/// it was told of the names; where all descriptions were known, nobody has been asked yet.
Result<Step> name(const Workplace& place, AskedDescriber& asked, trips::FoundTasks& found) {
  trips::DescriberChoice choice{place.options.describe, place.options.budget, place.globals.seed};
  if (choice.budget) {
    *choice.budget = std::max(0.0, *choice.budget - asked.spent());
  }
  const auto trip =
      TRY(trips::NameTrip::prepare(found.named, std::move(choice), place.config, place.ledger));
  const llm::DialogueEstimate estimate = TRY(trip->estimate());
  const std::string& currency = place.config.currency;
  const bool was_told = asked.estimate.calls > 0 && !place.globals.json && !place.globals.quiet;
  TRY(agree(place.globals,
            {false,
             place.options.yes || was_told,
             {estimate.calls, estimate.cost, currency},
             [&] { return estimate_json("tasks", estimate, currency); },
             [&](std::FILE* stream) { print_estimate(stream, "tasks", estimate, currency); },
             [&] { return trip->check_ready(); }}));
  asked.estimate.cost += estimate.cost;
  asked.named = TRY(trip->run(place.ledger, place.progress));
  if (!asked.named->asked.is_whole()) {
    return Step::kEndsHere;
  }
  TRY(trips::rename_tasks(asked.named->titles, found));
  return Step::kGoesOn;
}

/// Finds, names and writes.
Result<int> find_and_write(const Workplace& place,
                           trips::DiscoverRequest request,
                           const trips::PreparedData& prepared,
                           trips::TaskDiscovery& discovery,
                           DiscoverTiming timing) {
  AskedDescriber asked;
  std::optional<trips::PromptDescriptions> descriptions;
  const std::string& currency = place.config.currency;
  const auto stopped = [&] {
    return print_stopped_discovery(place.globals, place.options, asked, currency);
  };
  const bool is_described = place.options.describe != "none";
  discover::Stopwatch watch;
  if (is_described) {
    const Step step = TRY(describe(place, prepared, discovery, asked, descriptions));
    if (step == Step::kEndsHere) {
      return asked.described ? stopped() : 0;
    }
    request.describer = asked.model;
  }
  timing.describe = watch.lap();
  const trips::PromptDescriptions* const said = descriptions ? &*descriptions : nullptr;
  TRY(trips::discover(request, prepared, said, discovery, &place.progress));
  timing.find = watch.lap();
  if (is_described) {
    const Step step = TRY(name(place, asked, discovery.found));
    if (step == Step::kEndsHere) {
      return stopped();
    }
  }
  timing.name = watch.lap();
  TRY(trips::write_discovery(request, prepared, said, discovery, place.options.out));
  timing.write = watch.lap();
  print_discovery(place.globals, {place.options, discovery, asked, timing, currency});
  return 0;
}

/// Without a model there is nothing to pay for, and a dry run has nothing else to tell but that the
/// collection is there.
Result<int> print_free_plan(const Globals& globals,
                            const DiscoverOptions& options,
                            const trips::Config& config) {
  const auto store = TRY(open_store(globals, config));
  TRY(store->load_dataset(options.data.dataset));
  if (globals.json) {
    print_json(estimate_json("prompts", {}, config.currency));
  } else {
    fmt::print("--describe none: no model is asked, nothing is spent\n");
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
  const trips::DiscoverRequest request =
      TRY(discover_request(globals, options, choice, loaded.config));
  if (options.dry_run && options.describe == "none") {
    return print_free_plan(globals, options, loaded.config);
  }
  const auto progress = make_progress(globals);
  discover::Stopwatch watch;
  DataSource source = TRY(open_source(globals, loaded.config, progress.get()));
  const auto ledger = TRY(store::open_call_ledger(store_path(globals, loaded.config)));
  const trips::PreparedData prepared = TRY(prepare(source, options.data, choice));
  trips::TaskDiscovery discovery = TRY(trips::split_for_discovery(request, prepared));
  DiscoverTiming timing;
  timing.prepare = watch.lap();
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
