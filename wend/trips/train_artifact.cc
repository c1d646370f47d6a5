// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/train_artifact.h"

#include <utility>

#include "wend/routers/factory.h"
#include "wend/trips/artifact_place.h"
#include "wend/trips/manifest.h"
#include "wend/trips/train_tasks.h"

namespace wend::trips {

using base::Result;

namespace {

/// Its one trial is the SPEC as it is.
Tuning untuned(const routers::RouterSpec& spec, const FittedRouter& fitted) {
  return {{{spec.options, fitted.report.validation_utility_sum}}};
}

/// The router as it is asked for or, with --tune, as it did best on validation.
base::Status fit_or_tune(const TrainArtifactRequest& request,
                         FoldTasks& tasks,
                         base::Progress* progress,
                         TrainArtifactReport& report) {
  routers::RouterSpec spec = request.router;
  const bool can_tune = can_be_tuned(spec, tasks.prepared().tasks_from);
  if (request.tune > 0 && can_tune) {
    const std::string folder =
        request.out.substr(0, request.out.find_last_not_of('/') + 1);  // "runs/a/" is "runs/a"
    report.tuning = TRY(tune(spec, {request.tune, folder + ".tune.json"}, tasks, progress));
    spec = tuned_spec(spec, *report.tuning);
  }
  report.fitted = TRY(tasks.fit(spec, progress));
  if (request.tune > 0 && !can_tune) {
    report.tuning = untuned(spec, report.fitted);
    report.notes.push_back(nothing_to_try({spec.text}));
  }
  return {};
}

}  // namespace

Result<TrainArtifactReport> train_artifact(const TrainArtifactRequest& request,
                                           const PreparedData& prepared,
                                           base::Progress* progress) {
  TRY(routers::check_needs(request.router, prepared.table));
  auto folds = TRY(eval::split_folds(
      prepared.table,
      {request.shares, request.seed, 1, request.normaliser, eval::TestPart::kMayBeEmpty}));
  const TrainingFold fold = make_training_fold(prepared, std::move(folds.front()));
  TrainArtifactReport report;
  FoldTasks tasks(prepared, fold, request.threads);
  report.notes = prepared.table.notes;
  TRY(fit_or_tune(request, tasks, progress, report));
  if (!report.fitted.note.empty()) {
    report.notes.push_back(report.fitted.note);
  }
  if (!report.fitted.artifact) {
    return tl::unexpected(routers::not_servable(request.router));
  }
  TRY(ml::write_artifact(*report.fitted.artifact, request.out));
  TRY(point_latest_at(request.out));
  report.artifact_id = TRY(parse_manifest(report.fitted.artifact->manifest_json)).id;
  report.train = fold.set.train.size();
  report.validation = fold.set.validation.size();
  report.test = fold.fold.split.test.size();
  report.data_sha256 = data_sha256(prepared, fold.fold);
  return report;
}

}  // namespace wend::trips
