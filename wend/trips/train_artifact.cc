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

base::Status check_tunable(const TrainArtifactRequest& request, TasksFrom from) {
  if (request.tune == 0 || can_be_tuned(request.router, from)) {
    return {};
  }
  return base::fail(base::Code::kInvalidArgument,
                    "--tune: router '{}' chooses its options on validation by itself, or has none "
                    "to try; expected finerouter or finerouter_tasks",
                    request.router.text);
}

}  // namespace

Result<TrainArtifactReport> train_artifact(const TrainArtifactRequest& request,
                                           const PreparedData& prepared,
                                           base::Progress* progress) {
  TRY(routers::check_needs(request.router, prepared.table));
  TRY(check_tunable(request, prepared.tasks_from));
  auto folds = TRY(eval::split_folds(
      prepared.table,
      {request.shares, request.seed, 1, request.normaliser, eval::TestPart::kMayBeEmpty}));
  const TrainingFold fold = make_training_fold(prepared, std::move(folds.front()));
  TrainArtifactReport report;
  FoldTasks tasks(prepared, fold, request.threads);
  routers::RouterSpec spec = request.router;
  if (request.tune > 0) {
    const std::string folder =
        request.out.substr(0, request.out.find_last_not_of('/') + 1);  // "runs/a/" is "runs/a"
    report.tuning = TRY(tune(spec, {request.tune, folder + ".tune.json"}, tasks, progress));
    spec = tuned_spec(spec, *report.tuning);
  }
  report.fitted = TRY(tasks.fit(spec, progress));
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
