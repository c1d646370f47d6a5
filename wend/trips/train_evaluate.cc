// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/train_evaluate.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "wend/base/check.h"
#include "wend/base/hash.h"
#include "wend/base/stop.h"
#include "wend/base/suggest.h"
#include "wend/ml/artifact.h"
#include "wend/policy/policy.h"
#include "wend/routers/factory.h"
#include "wend/trips/manifest.h"
#include "wend/trips/run_progress.h"
#include "wend/trips/train_evaluate_plan.h"
#include "wend/trips/train_fold.h"
#include "wend/trips/train_tasks.h"
#include "wend/trips/train_tune.h"

namespace wend::trips {

using base::Code;
using base::fail;
using base::Result;
using base::Status;

namespace {

/// Fewer unseen queries than this say nothing about an artifact (spec/cli.md).
constexpr std::size_t kFewestUnseen = 50;

std::string as_file_name(std::string name) {
  std::ranges::replace(name, '/', '_');
  return name;
}

/// Where an artifact of one run is kept: OUT/artifacts/ROUTER/seed-N, with the name of the held-out
/// data set or of the collection of a cold start where there is one.
std::string artifact_folder(const EvaluateRequest& request,
                            const eval::PlannedRow& row,
                            const eval::Fold& fold) {
  std::string name = fmt::format("seed-{}", fold.seed);
  if (!fold.held_out.empty()) {
    name += "-without-" + as_file_name(fold.held_out);
  }
  if (row.source == eval::Source::kColdStart) {
    name += "-on-" + as_file_name(request.train_on->table.dataset);
  }
  return (std::filesystem::path(request.out) / "artifacts" / row.spec.text / name).string();
}

/// The router as it is asked for or, with --tune, as it did best on validation.
Result<FittedRouter> fit_or_tune(const EvaluateRequest& request,
                                 const eval::PlannedRow& row,
                                 const eval::Fold& fold,
                                 FoldTasks& tasks,
                                 base::Progress* progress) {
  if (request.tune == 0 || !can_be_tuned(row.spec, tasks.prepared().tasks_from)) {
    return tasks.fit(row.spec, progress);
  }
  TuneOptions options{request.tune, {}};
  if (!request.out.empty()) {
    options.record = artifact_folder(request, row, fold) + ".tune.json";
  }
  const Tuning tuning = TRY(tune(row.spec, options, tasks, progress));
  return tasks.fit(tuned_spec(row.spec, tuning), progress);
}

/// What the routers of one fold learn from, and what all of them are scored on. Stays where it is
/// made, for its task types borrow its folds.
struct FoldWork {
  FoldWork(const EvaluateRequest& request,
           const PreparedData& prepared,
           TrainingFold own,
           std::optional<TrainingFold> cold)
      : in_domain(std::move(own)),
        cold_start(std::move(cold)),
        tasks(prepared, in_domain, request.threads) {
    if (cold_start) {
      cold_tasks.emplace(*request.train_on, *cold_start, request.threads);
    }
  }

  FoldWork(const FoldWork&) = delete;
  FoldWork& operator=(const FoldWork&) = delete;

  TrainingFold in_domain;
  std::optional<TrainingFold> cold_start;
  FoldTasks tasks;
  std::optional<FoldTasks> cold_tasks;
  std::set<std::string> notes;  ///< Of the routers that were trained on it.
};

Result<std::unique_ptr<FoldWork>> make_fold_work(const EvaluateRequest& request,
                                                 const PreparedData& prepared,
                                                 eval::Fold rows) {
  if (request.train_on == nullptr) {
    return std::make_unique<FoldWork>(
        request, prepared, make_training_fold(prepared, std::move(rows)), std::nullopt);
  }
  eval::Fold cold = TRY(eval::cold_start_fold(
      request.train_on->table, request.folds.normaliser, prepared.table, rows));
  rows.normaliser = cold.normaliser;
  return std::make_unique<FoldWork>(request,
                                    prepared,
                                    make_training_fold(prepared, std::move(rows)),
                                    make_training_fold(*request.train_on, std::move(cold)));
}

void add(const eval::Asked& part, std::optional<eval::Asked>& sum) {
  if (!sum) {
    sum = part;
    return;
  }
  sum->choices += part.choices;
  sum->unreadable += part.unreadable;
  sum->unanswered += part.unanswered;
  sum->again += part.again;
  sum->cost += part.cost;
}

/// A router's configuration with who was asked, and by which prompt.
std::string with_prompt(const std::string& config_json, const PlacedChoices& placed) {
  nlohmann::ordered_json config = nlohmann::ordered_json::parse(config_json);
  config["model"] = placed.asked.model;
  config["prompt_sha256"] = placed.prompt_sha256;
  return config.dump();
}

/// Adds what a router tells of task types to its row. On the test rows where their labels are about
/// its task types, else, in a cold start, on the validation rows of what it was trained on.
void recognise(const routers::Router& router,
               const EvaluateRequest& request,
               const PreparedData& prepared,
               const FoldWork& work,
               eval::RouterRun& run) {
  const eval::Fold& scored = work.in_domain.fold;
  const auto rows_of = [&](const PreparedData& data, const std::vector<std::uint32_t>& rows) {
    return eval::RecognitionRows{
        data.table, data.embeddings, data.routing_texts, rows, scored.seed, request.threads};
  };
  const auto add =
      [&](const PreparedData& data, const eval::RecognitionRows& rows, const char* part) {
        if (!run.recognition) {
          run.recognition.emplace(data.table.dataset, part);
        }
        if (run.recognition->part() == part) {
          run.recognition->add(router, rows);
        }
      };
  if (const auto test = rows_of(prepared, scored.split.test);
      eval::can_be_recognised(router, test)) {
    add(prepared, test, "test");
  } else if (run.row.source == eval::Source::kColdStart) {
    const auto own = rows_of(*request.train_on, work.cold_start->fold.split.validation);
    if (eval::can_be_recognised(router, own)) {
      add(*request.train_on, own, "validation");
    }
  }
}

/// One router on one fold: trained, kept where asked, replayed.
Status run_on_fold(const EvaluateRequest& request,
                   const PreparedData& prepared,
                   FoldWork& work,
                   eval::RouterRun& run,
                   base::Progress* progress) {
  TRY(base::check_stop());
  const bool is_cold = run.row.source == eval::Source::kColdStart;
  const TrainingFold& learnt_from = is_cold ? *work.cold_start : work.in_domain;
  const FittedRouter fitted = TRY(fit_or_tune(
      request, run.row, learnt_from.fold, is_cold ? *work.cold_tasks : work.tasks, progress));
  if (!fitted.note.empty()) {
    work.notes.insert(fitted.note);
  }
  if (!request.out.empty() && fitted.artifact && run.row.listing == eval::Listing::kShown) {
    TRY(ml::write_artifact(*fitted.artifact, artifact_folder(request, run.row, learnt_from.fold)));
  }
  eval::ReplayInputs inputs{
      prepared.table, prepared.embeddings, prepared.routing_texts, request.threads};
  std::string config = fitted.config_json;
  PlacedChoices placed;
  if (is_asked_for(run.row)) {
    CHECK(request.choices != nullptr, "'{}' without its choices", run.row.spec.text);
    placed = request.choices->at({run.row.spec.text, run.row.source, run.replays.size()});
    inputs.llm_choices = placed.choices;
    config = with_prompt(config, placed);
    add(placed.asked, run.asked);
  }
  run.replays.push_back(
      TRY(eval::replay(*fitted.router, policy::HighestUtility(), inputs, work.in_domain.fold)));
  run.configs_json.push_back(std::move(config));
  if (run.row.listing == eval::Listing::kShown) {
    recognise(*fitted.router, request, prepared, work, run);
  }
  run.train_seconds += fitted.seconds;
  return {};
}

/// The fold with only those test rows that an artifact has not seen.
eval::Fold unseen_part(const eval::Fold& fold,
                       const Manifest& manifest,
                       const data::OutcomeTable& table) {
  eval::Fold unseen = fold;
  std::erase_if(unseen.split.test, [&](std::uint32_t row) {
    return manifest.seen_queries.contains(base::sha256_hex(table.normalised_texts[row]));
  });
  return unseen;
}

Status check_models(const routers::Router& router,
                    const data::OutcomeTable& table,
                    const std::string& folder) {
  const auto id = [](const core::ModelCard& card) -> const std::string& { return card.id; };
  if (!std::ranges::equal(router.models(), table.models, {}, id, id)) {
    return fail(Code::kFailedPrecondition,
                "artifact '{}' routes over {} models that are not the {} of this pool; name its "
                "pool with --pool",
                folder,
                router.models().size(),
                table.models.size());
  }
  return {};
}

/// A trained router from disk on every fold, each query at most where its training did not see it.
Result<eval::RouterRun> run_artifact(const EvaluateRequest& request,
                                     const PreparedData& prepared,
                                     const std::string& folder,
                                     const std::vector<eval::Fold>& folds) {
  const ml::Artifact artifact = TRY(ml::read_artifact(folder));
  const Manifest manifest = TRY(parse_manifest(artifact.manifest_json));
  const auto router = TRY(routers::load_router(artifact));
  TRY(check_models(*router, prepared.table, folder));
  if (manifest.encoder_sha256 != prepared.encoder_sha256) {
    return fail(Code::kFailedPrecondition,
                "artifact '{}' was trained on another encoder; set encoder.path to it",
                folder);
  }
  eval::RouterRun run;
  run.row = {{folder, manifest.router},
             eval::source_of(manifest.router, manifest.dataset, prepared.table.dataset),
             eval::Listing::kShown};
  std::size_t unseen_rows = 0;
  for (const eval::Fold& fold : folds) {
    const eval::Fold unseen = unseen_part(fold, manifest, prepared.table);
    unseen_rows += unseen.split.test.size();
    run.replays.push_back(TRY(
        eval::replay(*router,
                     policy::HighestUtility(),
                     {prepared.table, prepared.embeddings, prepared.routing_texts, request.threads},
                     unseen)));
    run.configs_json.emplace_back("{}");
    const eval::RecognitionRows labelled{prepared.table,
                                         prepared.embeddings,
                                         prepared.routing_texts,
                                         unseen.split.test,
                                         unseen.seed,
                                         request.threads};
    if (eval::can_be_recognised(*router, labelled)) {
      if (!run.recognition) {
        run.recognition.emplace(prepared.table.dataset, "test");
      }
      run.recognition->add(*router, labelled);
    }
  }
  if (unseen_rows < kFewestUnseen) {
    return fail(Code::kFailedPrecondition,
                "artifact '{}': only {} test queries are in neither its train nor its validation "
                "list; expected at least {}",
                folder,
                unseen_rows,
                kFewestUnseen);
  }
  return run;
}

std::string cold_start_note(const PreparedData& train_on) {
  return fmt::format(
      "the rows of the cold start are trained on '{}' ({} queries, three quarters to train on and "
      "one to validate on) and nothing of this collection; the cost scale of every row is fitted "
      "on "
      "it too.",
      train_on.table.dataset,
      train_on.table.queries.size());
}

}  // namespace

Result<Protocol> parse_protocol(std::string_view name) {
  if (name == "split") {
    return Protocol::kSplit;
  }
  if (name == "leave-one-dataset-out") {
    return Protocol::kLeaveOneDatasetOut;
  }
  const std::vector<std::string> known = {"split", "leave-one-dataset-out"};
  return fail(Code::kInvalidArgument,
              "--protocol {}: expected split or leave-one-dataset-out{}",
              name,
              base::did_you_mean(name, known));
}

Result<Evaluation> evaluate(const EvaluateRequest& request,
                            const PreparedData& prepared,
                            base::Progress* progress) {
  Evaluation evaluation = TRY(plan_evaluation(request, prepared));
  RunProgress shown(progress, evaluation.folds.size() * evaluation.runs.size());
  for (eval::Fold& rows : evaluation.folds) {
    const std::unique_ptr<FoldWork> work = TRY(make_fold_work(request, prepared, rows));
    rows.normaliser = work->in_domain.fold.normaliser;
    for (eval::RouterRun& run : evaluation.runs) {
      shown.next_part();
      TRY(run_on_fold(request, prepared, *work, run, &shown));
    }
    evaluation.notes.insert(evaluation.notes.end(), work->notes.begin(), work->notes.end());
  }
  if (request.train_on != nullptr) {
    evaluation.notes.push_back(cold_start_note(*request.train_on));
  }
  for (eval::RouterRun& run : evaluation.runs) {
    run.train_seconds /= static_cast<double>(evaluation.folds.size());
  }
  for (const std::string& folder : request.artifacts) {
    evaluation.runs.push_back(TRY(run_artifact(request, prepared, folder, evaluation.folds)));
  }
  return evaluation;
}

}  // namespace wend::trips
