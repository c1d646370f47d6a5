// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/communities.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "wend/base/check.h"
#include "wend/base/random.h"
#include "wend/base/stop.h"
#include "wend/discover/fuse.h"
#include "wend/discover/group_sizes.h"
#include "wend/discover/stopwatch.h"

namespace wend::discover {
namespace {

constexpr std::int32_t kNone = Communities::kNoTask;

/// What is clustered: prompts at first, then communities.
struct Points {
  const base::Matrix& vectors;  // of unit length
  const Rankings& rankings;
};

class Clustering {
 public:
  Clustering(const base::Matrix& embeddings,
             const base::Matrix& qualities,
             const CommunityOptions& options)
      : embeddings_(embeddings),
        qualities_(qualities),
        options_(options),
        prompt_rankings_(qualities),
        overlap_(qualities.columns(), options.rbo_p) {
    found_.task.resize(embeddings.rows());
    std::iota(found_.task.begin(), found_.task.end(), 0);
  }

  base::Result<Communities> run() {
    TRY(cluster_prompts());
    for (int iteration = 1; iteration < options_.iterations && is_worth_another(); ++iteration) {
      const Summary summary = summarise();
      TRY(cluster({summary.vectors, summary.rankings}, iteration));
    }
    if (!last_.node.empty()) {
      TRY(join_last_again());
    }
    found_.count = number_by_size(found_.task, options_.min_size);
    return std::move(found_);
  }

 private:
  struct Summary {
    base::Matrix vectors;
    Rankings rankings;
  };

  /// A graph that may turn out to be the last, and each prompt's node of it; else empty.
  struct Last {
    std::vector<Edge> edges;
    std::vector<std::int32_t> node;
  };

  /// Encoders give unit rows, and of a million a second copy is 1.5 GB.
  base::Status cluster_prompts() {
    if (have_unit_length(embeddings_)) {
      return cluster({embeddings_, prompt_rankings_}, 0);
    }
    const base::Matrix unit = unit_rows(embeddings_);
    return cluster({unit, prompt_rankings_}, 0);
  }

  base::Status cluster(const Points& points, int iteration) {
    Iteration report;
    report.nodes = points.vectors.rows();
    std::vector<Edge> edges = TRY(edges_of(points, iteration, report));
    report.kept_edges = edges.size();
    const bool may_be_last = iteration + 1 < options_.iterations && options_.finer != 1;
    last_ = may_be_last ? Last{edges, found_.task} : Last{};
    const bool is_last = iteration + 1 == options_.iterations;
    return join(std::move(edges), options_.resolution * (is_last ? 1 : options_.finer), report);
  }

  /// No other iteration came after a finer one: the same graph once more, at the resolution itself.
  base::Status join_last_again() {
    found_.task = std::move(last_.node);
    const Iteration report = found_.iterations.back();
    found_.iterations.pop_back();
    return join(std::move(last_.edges), options_.resolution, report);
  }

  /// The nodes' communities become the nodes.
  base::Status join(std::vector<Edge> edges, double resolution, Iteration report) {
    Stopwatch watch;
    TRY(start_stage("communities"));
    const int iteration = static_cast<int>(found_.iterations.size());
    Graph graph = Graph::from_edges(static_cast<Node>(report.nodes), edges);
    edges = {};
    const Partition partition = leiden(std::move(graph),
                                       {.objective = options_.objective,
                                        .resolution = resolution,
                                        .theta = options_.theta,
                                        .seed = seed_of("leiden", iteration)});
    report.quality = partition.quality;
    for (std::int32_t& group : found_.task) {
      group = group == kNone ? kNone : partition.community[static_cast<std::size_t>(group)];
    }
    const std::size_t least = iteration == 0 ? 2 : 1;
    found_.count = number_by_size(found_.task, least);
    report.communities = found_.count;
    found_.iterations.push_back(report);
    found_.seconds.leiden += watch.lap();
    return finish_stage();
  }

  /// Whose ends are near and prefer the same models.
  base::Result<std::vector<Edge>> edges_of(const Points& points, int iteration, Iteration& report) {
    Stopwatch watch;
    std::vector<Edge> edges = TRY(knn_edges(points.vectors, knn_of(iteration, report.nodes)));
    report.near_edges = edges.size();
    found_.seconds.neighbours += watch.lap();
    if (options_.evidence == EdgeEvidence::kMeaning) {
      scale_cosines(edges);
      return edges;
    }
    TRY(start_stage("overlap of rankings"));
    report.rbo_threshold = threshold_of(points.rankings, iteration);
    edges = weigh_edges(
        std::move(edges), {overlap_, points.rankings, report.rbo_threshold}, options_.knn.threads);
    found_.seconds.overlap += watch.lap();
    TRY(finish_stage());
    return edges;
  }

  base::Status start_stage(const char* stage) const {
    if (options_.knn.progress != nullptr) {
      options_.knn.progress->start(stage, 0);
    }
    return base::check_stop();
  }

  base::Status finish_stage() const {
    TRY(base::check_stop());
    if (options_.knn.progress != nullptr) {
      options_.knn.progress->finish();
    }
    return {};
  }

  /// Few nodes would all be neighbours of each other, and meaning would say nothing: of some
  /// hundreds the nearest few are still about one subject (docs/decisions/0013).
  KnnOptions knn_of(int iteration, std::size_t nodes) const {
    KnnOptions knn = options_.knn;
    knn.seed = seed_of("neighbours", iteration);
    if (iteration > 0) {
      const double near = std::cbrt(static_cast<double>(nodes));
      knn.k = std::min(knn.k, std::max<std::size_t>(static_cast<std::size_t>(near), 1));
    }
    return knn;
  }

  double threshold_of(const Rankings& rankings, int iteration) const {
    if (options_.rbo_threshold) {
      return *options_.rbo_threshold;
    }
    const RandomPairs pairs{options_.random_pairs, seed_of("pairs", iteration)};
    return random_pair_percentile(overlap_, rankings, options_.rbo_percentile, pairs);
  }

  /// Hashed twice after the first iteration, so that no other seed's draws are among them.
  std::uint64_t seed_of(const char* stage, int iteration) const {
    const std::uint64_t first = base::stage_seed(options_.seed, stage);
    return iteration == 0 ? first
                          : base::stage_seed(first + static_cast<std::uint64_t>(iteration), stage);
  }

  bool is_worth_another() const {
    const double prompts = static_cast<double>(embeddings_.rows());
    return static_cast<double>(found_.count) >= options_.enough * std::sqrt(prompts) &&
           found_.count > 1 && found_.count < found_.iterations.back().nodes;
  }

  /// Communities as points: of all prompts that led to them. A model that none of them was asked is
  /// not in their ranking.
  Summary summarise() {
    Stopwatch watch;
    std::vector<std::vector<std::uint32_t>> members(found_.count);
    for (std::size_t prompt = 0; prompt < found_.task.size(); ++prompt) {
      if (found_.task[prompt] != kNone) {
        members[static_cast<std::size_t>(found_.task[prompt])].push_back(
            static_cast<std::uint32_t>(prompt));
      }
    }
    base::Matrix medians(found_.count, embeddings_.columns());
    base::Matrix places(found_.count, qualities_.columns());
    for (std::size_t c = 0; c < found_.count; ++c) {
      median_row(embeddings_, members[c], medians.row(c));
      const std::vector<double> means = mean_qualities(qualities_, members[c]);
      const FusedRanking fused =
          fuse_rankings(prompt_rankings_, members[c], means, options_.fuse_k);
      std::ranges::copy(qualities_of(fused, means), places.row(c).begin());
    }
    Summary summary{unit_rows(std::move(medians)), Rankings(places)};
    found_.seconds.summary += watch.lap();
    return summary;
  }

  const base::Matrix& embeddings_;
  const base::Matrix& qualities_;
  CommunityOptions options_;
  Rankings prompt_rankings_;
  RankOverlap overlap_;
  Last last_;
  Communities found_;  // until the end, `task` is a prompt's node of the next graph
};

}  // namespace

base::Result<Communities> find_communities(const base::Matrix& embeddings,
                                           const base::Matrix& qualities,
                                           const CommunityOptions& options) {
  CHECK(embeddings.rows() == qualities.rows(),
        "{} vectors for {} prompts",
        embeddings.rows(),
        qualities.rows());
  CHECK(options.iterations > 0, "{} iterations", options.iterations);
  return Clustering(embeddings, qualities, options).run();
}

}  // namespace wend::discover
