// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/train_fold.h"

#include <chrono>
#include <utility>

#include "wend/routers/factory.h"

namespace wend::trips {

using base::Result;

TrainingFold make_training_fold(const PreparedData& prepared, eval::Fold fold) {
  data::TrainingSet set = data::build_training_set({prepared.table,
                                                    prepared.embeddings,
                                                    prepared.task_embeddings,
                                                    fold.split,
                                                    fold.normaliser,
                                                    fold.seed});
  return {std::move(fold), std::move(set)};
}

Result<FittedRouter> fit_router(const FitRequest& request) {
  const auto begun = std::chrono::steady_clock::now();
  routers::TrainContext context{request.fold.set};
  context.truth = &request.prepared.table;
  context.truth_normaliser = &request.fold.fold.normaliser;
  context.threads = request.threads;
  context.progress = request.progress;
  context.task_candidates = request.task_candidates;
  routers::TrainedRouter trained = TRY(routers::train_router(request.spec, context));
  FittedRouter fitted;
  fitted.report = trained.report;
  fitted.config_json = trained.config_json;
  if (trained.unservable) {
    fitted.router = std::move(trained.unservable);
  } else {
    fitted.artifact = ml::Artifact{make_manifest(request, trained), trained.weights};
    fitted.router = TRY(routers::load_router(*fitted.artifact));
  }
  fitted.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  return fitted;
}

}  // namespace wend::trips
