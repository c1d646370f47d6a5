// SPDX-License-Identifier: Apache-2.0
#include "wend/cli/data_options.h"

#include <utility>

#include <CLI/CLI.hpp>

#include "wend/trips/discover.h"

namespace wend::cli {

using base::Result;

void declare_data_options(CLI::App& verb, DataOptions& options) {
  verb.add_option("--dataset", options.dataset, "The imported collection")->required();
  verb.add_option("--pool",
                  options.pool,
                  "A named pool of it (default: main where it exists, else every model)");
  verb.add_option("--tasks",
                  options.tasks,
                  "Folder with taxonomy.json and task_labels.jsonl to use instead of its own, or "
                  "discover: find task types in what each training learns from");
  verb.add_option("--descriptions",
                  options.descriptions,
                  "Folder of wend discover --describe: task types are found by what it says of the "
                  "prompts");
  verb.add_option("--split",
                  options.split,
                  "Shares of train:validation:test, or train:test (default 0.7:0.1:0.2)");
  verb.add_option("--normaliser",
                  options.normaliser,
                  "reference, dataset_minmax_train, global_minmax_train, node_minmax_train, "
                  "dataset_minmax_all or none");
}

Result<DataChoice> resolve(const DataOptions& options, const trips::Config& config) {
  DataChoice choice;
  choice.shares =
      TRY(data::parse_split(options.split.empty() ? config.train.split : options.split));
  choice.normaliser = TRY(data::parse_normaliser(
      options.normaliser.empty() ? config.train.normaliser : options.normaliser));
  return choice;
}

base::Status check_tasks_split(const DataOptions& options,
                               const trips::Config& config,
                               const LearntRows& learnt) {
  if (options.tasks.empty() || options.tasks == "discover") {
    return {};
  }
  const auto found = TRY(trips::discovered_on(options.tasks));
  const std::string& split = options.split.empty() ? config.train.split : options.split;
  const bool is_same = found && found->seed == learnt.first_seed && learnt.seeds == 1 &&
                       found->split == split && learnt.is_plain_split;
  if (!found || found->dataset != options.dataset || is_same) {
    return {};
  }
  return base::fail(base::Code::kInvalidArgument,
                    "--tasks '{}' were found with --seed {} --split {}, and other splits test on "
                    "what they were found in; expected the same, one seed, --protocol split and no "
                    "--train-on, or --tasks discover",
                    options.tasks,
                    found->seed,
                    found->split);
}

Result<DataSource> open_source(const Globals& globals,
                               const trips::Config& config,
                               base::Progress* progress) {
  auto store = TRY(open_store(globals, config));
  auto embedder = TRY(trips::TextEmbedder::open(trips::encoder_folder(config.encoder)));
  return DataSource{std::move(store), std::move(embedder), globals.threads, progress};
}

namespace {

Result<trips::PreparedData> prepare(DataSource& source, trips::FromDataRequest request) {
  request.threads = source.threads;
  return trips::prepare_data(request, *source.store, source.embedder, source.progress);
}

}  // namespace

Result<trips::PreparedData> prepare(DataSource& source,
                                    const DataOptions& options,
                                    const DataChoice& choice) {
  trips::FromDataRequest request;
  request.dataset = options.dataset;
  request.table.pool = options.pool;
  request.table.missing = choice.missing;
  request.with_kinds = choice.with_kinds;
  request.table.cost = choice.normaliser == data::NormaliserKind::kNone
                           ? data::CostUse::kQualityOnly
                           : data::CostUse::kPriced;
  if (options.tasks == "discover") {
    request.tasks_from = trips::TasksFrom::kDiscovery;
  } else if (!options.tasks.empty()) {
    request.tasks_from = trips::TasksFrom::kFolder;
    request.tasks_folder = options.tasks;
  }
  trips::PreparedData prepared = TRY(prepare(source, std::move(request)));
  if (!options.descriptions.empty()) {
    const trips::DescriptionsById descriptions =
        TRY(trips::read_descriptions(options.descriptions));
    prepared.description_vectors = TRY(trips::description_vectors(
        descriptions,
        prepared.table,
        {source.embedder, *source.store, source.threads, source.progress}));
  }
  return prepared;
}

Result<trips::PreparedData> prepare_like(DataSource& source,
                                         const data::OutcomeTable& like,
                                         const std::string& dataset,
                                         const DataChoice& choice) {
  trips::FromDataRequest request;
  request.dataset = dataset;
  request.with_kinds = choice.with_kinds;
  for (const core::ModelCard& model : like.models) {
    request.table.models.push_back(model.id);
  }
  request.table.cost = like.has_costs() ? data::CostUse::kPriced : data::CostUse::kQualityOnly;
  auto prepared = TRY(prepare(source, std::move(request)));
  if (prepared.table.models.size() != like.models.size()) {
    return base::fail(base::Code::kFailedPrecondition,
                      "--train-on '{}': {}",
                      dataset,
                      prepared.table.notes.empty() ? "a model of the pool is missing"
                                                   : prepared.table.notes.front());
  }
  return prepared;
}

}  // namespace wend::cli
