// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/train_evaluate.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "wend/base/hash.h"
#include "wend/base/stop.h"
#include "wend/base/suggest.h"
#include "wend/ml/artifact.h"
#include "wend/policy/policy.h"
#include "wend/routers/factory.h"
#include "wend/routers/train_factory.h"
#include "wend/trips/manifest.h"
#include "wend/trips/run_progress.h"
#include "wend/trips/train_fold.h"

namespace wend::trips {

using base::Code;
using base::fail;
using base::Result;
using base::Status;

namespace {

/// Fewer unseen queries than this say nothing about an artifact (spec/cli.md).
constexpr std::size_t kFewestUnseen = 50;

Result<std::vector<eval::Fold>> make_folds(const EvaluateRequest& request,
                                           const data::OutcomeTable& table) {
  return request.protocol == Protocol::kSplit
             ? eval::split_folds(table, request.folds)
             : eval::leave_one_dataset_out_folds(table, request.folds);
}

/// Where an artifact of one run is kept: OUT/artifacts/ROUTER/seed-N, with the held-out data set's
/// name where there is one.
std::string artifact_folder(const std::string& out,
                            const routers::RouterSpec& spec,
                            const eval::Fold& fold) {
  std::string name = fmt::format("seed-{}", fold.seed);
  if (!fold.held_out.empty()) {
    std::string held_out = fold.held_out;
    std::ranges::replace(held_out, '/', '_');
    name += "-without-" + held_out;
  }
  return (std::filesystem::path(out) / "artifacts" / spec.text / name).string();
}

/// One router on one fold: trained, kept where asked, replayed.
Status run_on_fold(const EvaluateRequest& request,
                   const PreparedData& prepared,
                   const TrainingFold& fold,
                   eval::RouterRun& run,
                   base::Progress* progress) {
  TRY(base::check_stop());
  const FittedRouter fitted =
      TRY(fit_router({run.row.spec, prepared, fold, request.threads, progress}));
  if (!request.out.empty() && fitted.artifact && run.row.listing == eval::Listing::kShown) {
    TRY(ml::write_artifact(*fitted.artifact,
                           artifact_folder(request.out, run.row.spec, fold.fold)));
  }
  run.replays.push_back(TRY(
      eval::replay(*fitted.router,
                   policy::HighestUtility(),
                   {prepared.table, prepared.embeddings, prepared.routing_texts, request.threads},
                   fold.fold)));
  run.configs_json.push_back(fitted.config_json);
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

Status plan_runs(const std::vector<routers::RouterSpec>& asked,
                 const data::OutcomeTable& table,
                 Evaluation& evaluation) {
  std::vector<routers::RouterSpec> fit;
  for (const routers::RouterSpec& spec : asked) {
    Status needs = routers::check_needs(spec, table);
    if (needs) {
      fit.push_back(spec);
    } else if (spec.named == routers::Named::kByAll) {
      evaluation.notes.push_back("left out: " + needs.error().message);
    } else {
      return needs;
    }
  }
  for (eval::PlannedRow& row : eval::plan_rows(std::move(fit))) {
    evaluation.runs.push_back({std::move(row)});
  }
  return {};
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
  Evaluation evaluation;
  evaluation.folds = TRY(make_folds(request, prepared.table));
  TRY(plan_runs(request.routers, prepared.table, evaluation));
  RunProgress shown(progress, evaluation.folds.size() * evaluation.runs.size());
  for (const eval::Fold& rows : evaluation.folds) {
    const TrainingFold fold = make_training_fold(prepared, rows);
    for (eval::RouterRun& run : evaluation.runs) {
      shown.next_part();
      TRY(run_on_fold(request, prepared, fold, run, &shown));
    }
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
