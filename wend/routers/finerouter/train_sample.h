// SPDX-License-Identifier: Apache-2.0
// For tests: a training set with the task types that a trip would have found in it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "wend/routers/train_sample.h"

namespace wend::routers::sample {

inline core::Taxonomy flat_taxonomy(const std::vector<std::string>& ids) {
  std::vector<core::TaskNode> nodes;
  nodes.reserve(ids.size());
  for (const std::string& id : ids) {
    nodes.push_back({id, id, "", "", {}, 0});
  }
  return core::Taxonomy::build(std::move(nodes)).value();
}

/// A set and its tasks' candidate models.
struct Found {
  data::TrainingSet set;
  std::vector<std::vector<std::size_t>> candidates;

  TrainContext context(std::size_t threads = 0) const {
    TrainContext context{set};
    context.threads = threads;
    context.task_candidates = &candidates;
    return context;
  }
};

/// The kinds of train_sample.h's planted world as tasks, "a" and "b" their candidates.
inline Found found_kinds(std::size_t rows) {
  Found found = {training_set(planted(rows, 1), planted(rows / 3, 2)), {{0}, {1}}};
  found.set.taxonomy = flat_taxonomy({"kind 0", "kind 1"});
  found.set.task_embeddings = data::Embeddings::from_pooled(
      matrix_of({{1, 0, 0, 0, 0, 0, 0, 0}, {0, 1, 0, 0, 0, 0, 0, 0}}));
  for (data::Examples* part : {&found.set.train, &found.set.validation}) {
    for (std::uint32_t row = 0; row < part->size(); ++row) {
      const auto x = part->embeddings.unit.row(row);
      part->labels[row] = {{row, x[1] > x[0] ? 1U : 0U, 1.0F}};
    }
  }
  return found;
}

inline base::Result<TrainedRouter> train(std::string_view spec,
                                         const Found& found,
                                         std::size_t threads = 0) {
  return train_router(TRY(parse_router_spec(spec)), found.context(threads));
}

inline ml::ArtifactFiles sealed(std::string_view spec, const Found& found, std::size_t threads) {
  const auto trained = train(spec, found, threads);
  CHECK(trained, "{}", trained.error().message);
  return ml::seal_artifact(artifact_of(parse_router_spec(spec).value(), found.set, *trained))
      .value();
}

inline std::string trained_bytes(std::string_view spec, const Found& found, std::size_t threads) {
  const ml::ArtifactFiles files = sealed(spec, found, threads);
  return files.manifest + files.weights;
}

/// Trained, sealed, verified and loaded.
inline std::unique_ptr<Router> served(std::string_view spec, const Found& found) {
  const auto files = std::make_shared<const ml::ArtifactFiles>(sealed(spec, found, 0));
  auto router = load_router(ml::open_artifact(files->manifest, files->weights, files).value());
  CHECK(router, "{}", router.error().message);
  return *std::move(router);
}

}  // namespace wend::routers::sample
