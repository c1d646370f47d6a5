// SPDX-License-Identifier: Apache-2.0
// The iterative clustering of the paper's section 3.1.1. The communities of the prompt graph become
// the nodes of the next graph, each with the median of its prompts' vectors and their fused
// ranking, and are clustered again. Only the last communities are task types.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/base/result.h"
#include "wend/discover/knn_graph.h"
#include "wend/discover/leiden.h"

namespace wend::discover {

/// What an edge goes by: meaning and preferred models, or (the ablation) meaning alone.
enum class EdgeEvidence { kMeaningAndRanking, kMeaning };

struct CommunityOptions {
  KnnOptions knn = {};
  EdgeEvidence evidence = EdgeEvidence::kMeaningAndRanking;
  double rbo_p = 0.8;
  /// Least chance-corrected RBO of an edge: 0 agrees as random rankings do, 1 entirely. Empty: the
  /// percentile of random pairs of nodes below, in each iteration.
  std::optional<double> rbo_threshold = {};
  double rbo_percentile = 0.9;
  std::size_t random_pairs = 100'000;
  Objective objective = Objective::kModularity;
  double resolution = 1;
  /// Resolution of an iteration before the last, in multiples of the last's: finer communities at
  /// first leave the next iteration more to join. Where none comes after all (`enough`), the same
  /// graph is clustered once more, as the last.
  double finer = 1;
  double theta = 0.01;
  int iterations = 2;
  /// No further iteration where fewer than this times the root of the prompts' number are left: it
  /// would only throw tasks together that already have support.
  double enough = 2;
  std::size_t min_size = 20;  ///< A community of fewer prompts is no task.
  double fuse_k = 60;
  std::uint64_t seed = 1;
};

/// What one iteration saw and left.
struct Iteration {
  std::size_t nodes = 0;
  std::size_t near_edges = 0;  ///< Of the kNN graph.
  std::size_t kept_edges = 0;  ///< Whose ends prefer the same models.
  double rbo_threshold = 0;    ///< Chance-corrected.
  std::size_t communities = 0;
  double quality = 0;  ///< Modularity (or CPM) of the partition.
};

/// Seconds by the clock on the wall, summed over iterations.
struct StageTimes {
  double neighbours = 0;
  double overlap = 0;
  double leiden = 0;
  double summary = 0;  ///< Medians, fused rankings, candidate sets.
};

struct Communities {
  static constexpr std::int32_t kNoTask = -1;

  std::vector<std::int32_t> task;  ///< Per prompt, by falling number of prompts, or kNoTask.
  std::size_t count = 0;
  std::vector<Iteration> iterations;
  StageTimes seconds;
};

/// embeddings (prompts, dimensions) as they come, qualities (prompts, models) with NaN where
/// missing. A prompt that no other joins in the first iteration has no task. knn.threads and
/// knn.progress serve every stage. Fails where the neighbours cannot be found, and once a stop is
/// asked for (base::check_stop).
base::Result<Communities> find_communities(const base::Matrix& embeddings,
                                           const base::Matrix& qualities,
                                           const CommunityOptions& options);

}  // namespace wend::discover
