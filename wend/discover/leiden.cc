// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/leiden.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "wend/base/check.h"
#include "wend/base/random.h"
#include "wend/discover/aggregate.h"
#include "wend/discover/group_sizes.h"
#include "wend/discover/leiden_level.h"
#include "wend/discover/leiden_move.h"
#include "wend/discover/leiden_refine.h"

namespace wend::discover {
namespace {

// An iteration that only shuffles nodes among equals would never end.
constexpr int kMostIterations = 100;

std::vector<double> masses(const Graph& graph, const LeidenOptions& options) {
  if (options.objective == Objective::kModularity) {
    return graph.strengths();
  }
  if (options.node_weights.empty()) {
    return std::vector<double>(index(graph.nodes()), 1.0);
  }
  CHECK(options.node_weights.size() == index(graph.nodes()),
        "{} weights for {} nodes",
        options.node_weights.size(),
        graph.nodes());
  return {options.node_weights.begin(), options.node_weights.end()};
}

double gamma_of(const LeidenOptions& options, double total_weight) {
  return options.objective == Objective::kCpm ? options.resolution
         : total_weight > 0                   ? options.resolution / (2 * total_weight)
                                              : 0;
}

/// The parts that become nodes. Where the refinement joins nothing, because no node is well
/// connected within its community, the community's own components: they are connected as well.
Node parts_of(const Level& level, std::span<const Node> community, std::vector<Node>& parts) {
  const Node count = number_communities(parts);
  if (count < level.graph.nodes()) {
    return count;
  }
  parts.assign(community.begin(), community.end());
  return split_into_components(level.graph, parts);
}

class Run {
 public:
  Run(const Level& base, const LevelOptions& options, std::uint64_t seed)
      : base_(base), options_(options), random_(seed) {}

  /// From the given partition, which it replaces; returns whether any node moved.
  bool iterate(std::vector<Node>& community) {
    const Level* level = &base_;
    Level smaller;
    std::vector<Node>
        node_of;  // per node of the first graph, its node on this level; empty: itself
    std::vector<Node> current = community;
    bool moved = false;
    while (true) {
      moved = move_nodes(*level, options_, current, random_) > 0 || moved;
      if (number_communities(current) == level->graph.nodes()) {
        break;
      }
      std::vector<Node> part = refine(*level, options_, current, random_);
      const Node parts = parts_of(*level, current, part);
      if (parts == level->graph.nodes()) {  // No community has an edge inside.
        current = std::move(part);
        break;
      }
      smaller = aggregate(*level, part, parts);
      level = &smaller;
      current = of_parts(current, part, parts);
      follow(node_of, std::move(part));
    }
    for (std::size_t node = 0; node < community.size(); ++node) {
      community[node] = current[node_of.empty() ? node : index(node_of[node])];
    }
    return moved;
  }

 private:
  static std::vector<Node> of_parts(const std::vector<Node>& community,
                                    const std::vector<Node>& part,
                                    Node parts) {
    std::vector<Node> of_part(index(parts));
    for (std::size_t node = 0; node < part.size(); ++node) {
      of_part[index(part[node])] = community[node];
    }
    return of_part;
  }

  static void follow(std::vector<Node>& node_of, std::vector<Node>&& part) {
    if (node_of.empty()) {
      node_of = std::move(part);
      return;
    }
    for (Node& node : node_of) {
      node = part[index(node)];
    }
  }

  const Level& base_;
  LevelOptions options_;
  base::Random random_;
};

[[maybe_unused]] bool all_connected(const Graph& graph, const Partition& partition) {
  std::vector<Node> components = partition.community;
  return split_into_components(graph, components) == partition.count;
}

}  // namespace

Partition leiden(Graph graph, const LeidenOptions& options) {
  CHECK(options.theta > 0, "theta {}, expected a number above 0", options.theta);
  CHECK(options.resolution >= 0, "resolution {}, expected at least 0", options.resolution);
  const double total = graph.total_weight();
  const auto edges = static_cast<double>(graph.all_arcs.size()) / 2;
  std::vector<double> mass = masses(graph, options);
  const Level base{std::move(graph), std::move(mass)};
  const LevelOptions level{gamma_of(options, total), edges > 0 ? total / edges : 1, options.theta};
  Partition partition;
  partition.community.resize(base.mass.size());
  std::iota(partition.community.begin(), partition.community.end(), 0);
  Run run(base, level, options.seed);
  const int most = options.iterations > 0 ? options.iterations : kMostIterations;
  for (bool moved = true; moved && partition.iterations < most; ++partition.iterations) {
    moved = run.iterate(partition.community);
  }
  partition.count = static_cast<Node>(number_by_size(partition.community));
  partition.quality = partition_quality(base.graph, partition.community, options);
  DCHECK(all_connected(base.graph, partition), "a community is not connected");
  return partition;
}

double partition_quality(const Graph& graph,
                         std::span<const Node> community,
                         const LeidenOptions& options) {
  const double total = graph.total_weight();
  if (total == 0) {
    return 0;
  }
  const std::vector<double> mass = masses(graph, options);
  std::vector<double> community_mass(community.size());
  double inside = 0;
  for (Node node = 0; node < graph.nodes(); ++node) {
    const Node own = community[index(node)];
    community_mass[index(own)] += mass[index(node)];
    inside += 2 * graph.loops[index(node)];
    for (const Arc arc : graph.arcs(node)) {
      inside += community[index(arc.target)] == own ? static_cast<double>(arc.weight) : 0;
    }
  }
  double squares = 0;
  for (const double sum : community_mass) {
    squares += sum * sum;
  }
  return (inside - gamma_of(options, total) * squares) / (2 * total);
}

}  // namespace wend::discover
