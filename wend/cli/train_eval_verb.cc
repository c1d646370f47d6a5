// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "wend/base/file.h"
#include "wend/cli/data_options.h"
#include "wend/cli/dialogue_estimate.h"
#include "wend/cli/spend.h"
#include "wend/cli/train_verbs.h"
#include "wend/eval/decisions.h"
#include "wend/eval/report.h"
#include "wend/store/sqlite_call_ledger.h"
#include "wend/trips/train_evaluate.h"
#include "wend/trips/train_tasks.h"

namespace wend::cli {

using base::Code;
using base::fail;
using base::Result;
using base::Status;

namespace {

Result<data::MissingCells> parse_missing(const std::string& word) {
  if (word == "drop") {
    return data::MissingCells::kDrop;
  }
  if (word == "keep") {
    return data::MissingCells::kKeep;
  }
  return fail(Code::kInvalidArgument, "--missing {}: expected drop or keep", word);
}

/// What is scored on, and what a cold-start block learns from.
struct EvalData {
  trips::PreparedData scored_on;
  std::optional<trips::PreparedData> train_on;
};

/// Store and encoder are let go before the training begins.
Result<EvalData> load(const Globals& globals,
                      const EvalOptions& options,
                      const DataChoice& choice,
                      const trips::Config& config,
                      base::Progress* progress) {
  DataSource source = TRY(open_source(globals, config, progress));
  EvalData loaded{TRY(prepare(source, options.data, choice)), {}};
  if (!options.train_on.empty()) {
    loaded.train_on = TRY(prepare_like(source, loaded.scored_on.table, options.train_on, choice));
  }
  return loaded;
}

/// --routers as given; without it every router, or beside artifacts only the yardsticks.
std::string routers_text(const EvalOptions& options) {
  if (options.routers) {
    return *options.routers;
  }
  return options.artifacts.empty() ? "all" : "best_static,oracle";
}

Result<trips::EvaluateRequest> make_request(const Globals& globals,
                                            const EvalOptions& options,
                                            const DataChoice& choice,
                                            const trips::Config& config) {
  trips::EvaluateRequest request;
  request.routers = TRY(routers::parse_router_specs(routers_text(options)));
  request.artifacts = options.artifacts;
  request.protocol = TRY(trips::parse_protocol(options.protocol));
  request.folds.shares = choice.shares;
  request.folds.first_seed = globals.seed;
  request.folds.seeds = static_cast<std::size_t>(options.seeds.value_or(config.eval.seeds));
  request.folds.normaliser = choice.normaliser;
  request.threads = globals.threads;
  request.tune = static_cast<std::size_t>(options.tune);
  request.out = options.out;
  return request;
}

Status write_decisions(const std::string& path,
                       const trips::Evaluation& evaluation,
                       const data::OutcomeTable& table) {
  auto file = TRY(eval::DecisionsFile::create(path));
  for (const eval::RouterRun& run : evaluation.runs) {
    if (run.row.listing != eval::Listing::kShown) {
      continue;
    }
    for (const eval::Replay& replay : run.replays) {
      TRY(file.append(replay, run.row, table));
    }
  }
  return file.finish();
}

/// What would keep the results from being written is said before the work, not after it.
Status prepare_outputs(const EvalOptions& options) {
  if (!options.decisions.empty()) {
    TRY(base::check_writable(options.decisions));
  }
  if (options.out.empty()) {
    return {};
  }
  std::error_code error;
  std::filesystem::create_directories(options.out, error);
  if (error) {
    return fail(Code::kPermissionDenied, "make folder '{}': {}", options.out, error.message());
  }
  return base::check_writable(options.out + "/report.json");
}

Status check_strict(const EvalOptions& options, const eval::EvalReport& report) {
  if (options.strict && !report.notes.empty()) {
    return fail(Code::kFailedPrecondition, "--strict: {}", report.notes.front());
  }
  return {};
}

/// The choices of prompt_llm's rows, or why the evaluation does not go on.
struct AskedChoices {
  bool goes_on = true;
  std::unique_ptr<core::CallLedger> ledger;
  std::unique_ptr<trips::LlmChoices> choices;  ///< Null where no row needs any.
};

Status check_whole(const llm::RunReport& run, const std::string& currency) {
  const char* const stopped = stop_reason(run);
  if (stopped == nullptr) {
    return {};
  }
  if (!run.left.empty()) {
    return fail(Code::kUnavailable,
                "'{}' was asked no more: {}; what it answered is kept",
                run.left.front().model,
                run.left.front().error.message);
  }
  return fail(Code::kCancelled,
              "stopped ({}) after {} calls for {:.4g} {}, which are kept; the same command goes on "
              "from there",
              stopped,
              run.calls,
              run.spent,
              currency);
}

/// Everything that costs money, before anything is trained.
Result<AskedChoices> ask(const Globals& globals,
                         const EvalOptions& options,
                         const trips::Config& config,
                         const trips::EvaluateRequest& request,
                         const trips::PreparedData& prepared) {
  AskedChoices asked;
  trips::ChoiceRequest wanted{&prepared, TRY(trips::choice_needs(request, prepared))};
  wanted.budget = options.budget;
  wanted.seed = globals.seed;
  if (wanted.needs.empty() && !options.dry_run) {
    return asked;
  }
  asked.ledger = TRY(store::open_call_ledger(store_path(globals, config)));
  asked.choices = TRY(trips::LlmChoices::prepare(std::move(wanted), config, *asked.ledger));
  const llm::DialogueEstimate estimate = TRY(asked.choices->estimate());
  asked.goes_on = TRY(agree(
      globals,
      {options.dry_run,
       options.yes,
       {estimate.calls, estimate.cost, config.currency},
       [&] { return estimate_json("choices", estimate, config.currency); },
       [&](std::FILE* stream) { print_estimate(stream, "choices", estimate, config.currency); },
       [&] { return asked.choices->check_ready(); }}));
  if (asked.goes_on) {
    const auto progress = make_progress(globals);
    const llm::RunReport run = TRY(asked.choices->run(*asked.ledger, *progress));
    TRY(check_whole(run, config.currency));
  }
  return asked;
}

}  // namespace

Status run_eval(const Globals& globals, const EvalOptions& options) {
  warn_of_slow_blas(globals);
  const trips::LoadedConfig loaded = TRY(load_config(globals));
  DataChoice choice = TRY(resolve(options.data, loaded.config));
  choice.missing = TRY(parse_missing(options.missing));
  trips::EvaluateRequest request = TRY(make_request(globals, options, choice, loaded.config));
  choice.with_kinds = std::ranges::any_of(request.routers, trips::wants_kinds);
  TRY(check_tasks_split(options.data,
                        loaded.config,
                        {globals.seed,
                         request.folds.seeds,
                         request.protocol == trips::Protocol::kSplit && options.train_on.empty()}));
  TRY(prepare_outputs(options));
  const auto progress = make_progress(globals);
  const EvalData data = TRY(load(globals, options, choice, loaded.config, progress.get()));
  const trips::PreparedData& prepared = data.scored_on;
  request.train_on = data.train_on ? &*data.train_on : nullptr;
  const AskedChoices asked = TRY(ask(globals, options, loaded.config, request, prepared));
  if (!asked.goes_on) {
    return {};
  }
  request.choices = asked.choices.get();
  const trips::Evaluation evaluation = TRY(trips::evaluate(request, prepared, progress.get()));
  eval::ReportInputs inputs{prepared.table, evaluation.folds, evaluation.runs};
  inputs.protocol = options.protocol;
  inputs.notes = evaluation.notes;
  inputs.split = options.data.split.empty() ? loaded.config.train.split : options.data.split;
  inputs.bootstrap = {
      globals.seed, static_cast<std::size_t>(loaded.config.eval.resamples), globals.threads};
  const eval::EvalReport report = eval::build_report(inputs);
  TRY(check_strict(options, report));
  if (!options.decisions.empty()) {
    TRY(write_decisions(options.decisions, evaluation, prepared.table));
  }
  if (!options.out.empty()) {
    TRY(eval::write_report(report, options.out));
  }
  fmt::print("{}{}",
             globals.json ? eval::to_json(report) : eval::to_text(report),
             globals.json ? "\n" : "");
  return {};
}

}  // namespace wend::cli
