// SPDX-License-Identifier: Apache-2.0
#include "wend/cli/train_verbs.h"

#include <chrono>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "wend/cli/data_options.h"
#include "wend/routers/factory.h"
#include "wend/train/runtime.h"
#include "wend/trips/artifact_place.h"
#include "wend/trips/train_artifact.h"
#include "wend/trips/train_tasks.h"

namespace wend::cli {

using base::Result;
using base::Status;

namespace {

using Clock = std::chrono::steady_clock;

nlohmann::ordered_json train_json(const TrainOptions& options,
                                  const trips::TrainArtifactReport& report,
                                  const trips::PreparedData& prepared,
                                  double seconds) {
  const routers::TrainingReport& run = report.fitted.report;
  nlohmann::ordered_json object;
  object["artifact"] = options.out;
  object["id"] = report.artifact_id;
  object["router"] = options.router;
  object["config"] = nlohmann::ordered_json::parse(report.fitted.config_json);
  object["queries"] = {
      {"train", report.train}, {"validation", report.validation}, {"test", report.test}};
  object["dropped_incomplete"] = prepared.table.dropped_incomplete;
  if (report.tuning) {
    object["tuning"] = {{"trials", report.tuning->trials.size()},
                        {"reused", report.tuning->reused},
                        {"best", report.tuning->trials[report.tuning->best].options}};
  }
  object["epochs"] = run.epochs;
  object["best_epoch"] = run.best_epoch;
  object["validation_utility_sum"] = run.validation_utility_sum;
  object["parameters"] = run.parameters;
  object["data_sha256"] = report.data_sha256;
  object["blas"] = train::loaded_blas().name;
  object["seconds"] = seconds;
  if (!report.notes.empty()) {
    object["notes"] = report.notes;
  }
  return object;
}

void print_for_a_person(const TrainOptions& options,
                        const trips::TrainArtifactReport& report,
                        double seconds) {
  for (const std::string& note : report.notes) {
    fmt::print("note: {}\n", note);
  }
  const routers::TrainingReport& run = report.fitted.report;
  fmt::print("{}: trained {} on {} queries, validated on {} ({} left for test)\n",
             options.out,
             options.router,
             report.train,
             report.validation,
             report.test);
  if (report.tuning) {
    const trips::Trial& best = report.tuning->trials[report.tuning->best];
    fmt::print("{} settings tried, {} of them before; the best:",
               report.tuning->trials.size(),
               report.tuning->reused);
    for (const auto& [option, value] : best.options) {
      fmt::print(" {}={}", option, value);
    }
    fmt::print("{}\n", best.options.empty() ? " as it was named" : "");
  }
  if (run.epochs > 0) {
    fmt::print("best epoch {} of {}, {} parameters\n", run.best_epoch, run.epochs, run.parameters);
  }
  fmt::print("validation utility sum {:.4f}, {:.1f} s, {} ({})\n",
             run.validation_utility_sum,
             seconds,
             report.artifact_id,
             train::loaded_blas().name);
}

/// Store and encoder are let go before the training begins.
Result<trips::PreparedData> load(const Globals& globals,
                                 const DataOptions& options,
                                 const DataChoice& choice,
                                 const trips::Config& config,
                                 base::Progress* progress) {
  DataSource source = TRY(open_source(globals, config, progress));
  return prepare(source, options, choice);
}

}  // namespace

void warn_of_slow_blas(const Globals& globals) {
  const std::string warning = train::loaded_blas().warning();
  if (!warning.empty() && !globals.quiet) {
    fmt::print(stderr, "{}\n", warning);
  }
}

int print_blas() {
  const train::Blas blas = train::loaded_blas();
  const nlohmann::ordered_json object = {
      {"name", blas.name}, {"path", blas.path}, {"warning", blas.warning()}};
  fmt::print("{}\n", object.dump());
  return 0;
}

Status run_train(const Globals& globals, const TrainOptions& options) {
  const auto begun = Clock::now();
  warn_of_slow_blas(globals);
  trips::TrainArtifactRequest request;
  request.router = TRY(routers::parse_router_spec(options.router));
  TRY(routers::check_servable(request.router));
  TRY(trips::check_artifact_folder(options.out));
  const trips::LoadedConfig loaded = TRY(load_config(globals));
  DataChoice choice = TRY(resolve(options.data, loaded.config));
  choice.with_kinds = trips::wants_kinds(request.router);
  TRY(check_tasks_split(options.data, loaded.config, {globals.seed}));
  request.shares = choice.shares;
  request.normaliser = choice.normaliser;
  request.seed = globals.seed;
  request.threads = globals.threads;
  request.tune = static_cast<std::size_t>(options.tune);
  request.out = options.out;
  const auto progress = make_progress(globals);
  const trips::PreparedData prepared =
      TRY(load(globals, options.data, choice, loaded.config, progress.get()));
  const trips::TrainArtifactReport report =
      TRY(trips::train_artifact(request, prepared, progress.get()));
  const double seconds = std::chrono::duration<double>(Clock::now() - begun).count();
  if (globals.json) {
    fmt::print("{}\n", train_json(options, report, prepared, seconds).dump());
  } else {
    print_for_a_person(options, report, seconds);
  }
  return {};
}

}  // namespace wend::cli
