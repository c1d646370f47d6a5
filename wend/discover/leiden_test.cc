// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/leiden.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <set>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/base/random.h"
#include "wend/discover/aggregate.h"
#include "wend/discover/leiden_move.h"

namespace wend::discover {
namespace {

using testing::ElementsAre;

bool are_connected(const Graph& graph, const std::vector<Node>& community) {
  std::vector<Node> components = community;
  const std::set<Node> names(community.begin(), community.end());
  return split_into_components(graph, components) == static_cast<Node>(names.size());
}

/// Whether two partitions are the same up to the names of their communities.
bool same_parts(std::vector<Node> a, std::vector<Node> b) {
  number_communities(a);
  number_communities(b);
  return a == b;
}

/// `groups` groups of `size` nodes; inside an edge with probability `inside`, else `between`.
Graph planted(Node groups, Node size, double inside, double between, std::uint64_t seed) {
  base::Random random(seed);
  std::vector<Edge> edges;
  for (Node a = 0; a < groups * size; ++a) {
    for (Node b = a + 1; b < groups * size; ++b) {
      if (random.uniform() < (a / size == b / size ? inside : between)) {
        edges.push_back({a, b, 1});
      }
    }
  }
  return Graph::from_edges(groups * size, edges);
}

std::vector<Node> planted_groups(Node groups, Node size) {
  std::vector<Node> group(index(groups * size));
  for (std::size_t node = 0; node < group.size(); ++node) {
    group[node] = static_cast<Node>(node) / size;
  }
  return group;
}

Graph ring_of_cliques(Node cliques, Node size) {
  std::vector<Edge> edges;
  for (Node c = 0; c < cliques; ++c) {
    for (Node a = 0; a < size; ++a) {
      for (Node b = a + 1; b < size; ++b) {
        edges.push_back({c * size + a, c * size + b, 1});
      }
    }
    edges.push_back({c * size, (c + 1) % cliques * size + 1, 1});
  }
  return Graph::from_edges(cliques * size, edges);
}

Graph random_graph(Node nodes, std::size_t edges, std::uint64_t seed) {
  base::Random random(seed);
  std::vector<Edge> list;
  for (std::size_t i = 0; i < edges; ++i) {
    const auto count = static_cast<std::uint64_t>(nodes);
    list.push_back({static_cast<Node>(random.below(count)),
                    static_cast<Node>(random.below(count)),
                    static_cast<float>(random.below(4)) / 2});
  }
  return Graph::from_edges(nodes, list);
}

/// The same without the refinement, begun anew from its own result: the Louvain algorithm.
std::vector<Node> louvain(const Graph& graph, int iterations, std::uint64_t seed) {
  const LevelOptions options{1 / (2 * graph.total_weight()), 1, 0.01};
  base::Random random(seed);
  std::vector<Node> community(index(graph.nodes()));
  std::iota(community.begin(), community.end(), 0);
  for (int iteration = 0; iteration < iterations; ++iteration) {
    Level level{graph, graph.strengths()};
    std::vector<Node> current = community;
    std::iota(community.begin(), community.end(), 0);
    for (Node count = -1; count != level.graph.nodes();) {
      if (count >= 0) {
        level = aggregate(level, current, count);
        current.resize(index(count));
        std::iota(current.begin(), current.end(), 0);
      }
      move_nodes(level, options, current, random);
      count = number_communities(current);
      for (Node& c : community) {
        c = current[index(c)];
      }
    }
  }
  return community;
}

/// Q by its definition over pairs of nodes.
double plain_modularity(const Graph& graph, const std::vector<Node>& community, double resolution) {
  const std::vector<double> strength = graph.strengths();
  const double twice_m = std::accumulate(strength.begin(), strength.end(), 0.0);
  double sum = 0;
  for (Node a = 0; a < graph.nodes(); ++a) {
    for (Node b = 0; b < graph.nodes(); ++b) {
      if (community[index(a)] == community[index(b)]) {
        sum -= resolution * strength[index(a)] * strength[index(b)] / twice_m;
      }
    }
    sum += 2 * graph.loops[index(a)];
    for (const Arc arc : graph.arcs(a)) {
      if (community[index(arc.target)] == community[index(a)]) {
        sum += static_cast<double>(arc.weight);
      }
    }
  }
  return sum / twice_m;
}

TEST(Leiden, FindsPlantedGroups) {
  for (const Objective objective : {Objective::kModularity, Objective::kCpm}) {
    const Partition found =
        leiden(planted(12, 40, 0.4, 0.01, 3),
               {.objective = objective, .resolution = objective == Objective::kCpm ? 0.1 : 1});
    EXPECT_EQ(found.count, 12);
    EXPECT_TRUE(same_parts(found.community, planted_groups(12, 40)));
  }
}

TEST(Leiden, ReportsTheQualityOfItsPartition) {
  const Graph graph = random_graph(120, 500, 5);
  for (const double resolution : {0.5, 1.0, 2.0}) {
    const Partition found = leiden(graph, {.resolution = resolution});
    EXPECT_NEAR(found.quality, plain_modularity(graph, found.community, resolution), 1e-9);
    EXPECT_GT(found.quality, 0);
  }
}

TEST(Leiden, MergesCliquesOfALongRingByModularityButNotByCpm) {
  const Graph ring = ring_of_cliques(30, 5);  // The known limit: more than sqrt(2 m) cliques.
  const Partition modularity = leiden(ring, {});
  EXPECT_LT(modularity.count, 30);
  const Partition cpm = leiden(ring, {.objective = Objective::kCpm, .resolution = 0.5});
  EXPECT_EQ(cpm.count, 30);
  EXPECT_TRUE(same_parts(cpm.community, planted_groups(30, 5)));
  EXPECT_TRUE(same_parts(leiden(ring, {.resolution = 4}).community, planted_groups(30, 5)));
}

TEST(Leiden, KeepsCommunitiesConnectedWhereLouvainDoesNot) {
  const auto random = [](std::uint64_t seed) { return random_graph(4'000, 8'000, seed); };
  const auto groups = [](std::uint64_t seed) { return planted(60, 50, 0.06, 0.0004, seed); };
  for (const auto& graph_of : {std::function<Graph(std::uint64_t)>(random), {groups}}) {
    int louvain_failures = 0;
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
      const Graph graph = graph_of(seed);
      louvain_failures += are_connected(graph, louvain(graph, 5, seed)) ? 0 : 1;
      EXPECT_TRUE(are_connected(graph, leiden(graph, {.iterations = 5, .seed = seed}).community));
    }
    EXPECT_GE(louvain_failures, 1);
  }
}

TEST(Leiden, KeepsCommunitiesConnectedAtAnyResolution) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const Graph graph = random_graph(80, 40 + 5 * seed, seed);
    for (const Objective objective : {Objective::kModularity, Objective::kCpm}) {
      for (const double resolution : {0.0, 1e-9, 0.01, 0.3, 3.0}) {
        const Partition found = leiden(
            graph,
            {.objective = objective, .resolution = resolution, .iterations = 3, .seed = seed});
        EXPECT_TRUE(are_connected(graph, found.community)) << seed << ' ' << resolution;
      }
    }
  }
}

TEST(Leiden, LeavesNodesWithoutEdgesAlone) {
  const std::vector<Edge> edges = {{0, 1, 1}, {1, 2, 1}, {0, 2, 1}, {4, 4, 3}, {3, 5, 0}};
  for (const Objective objective : {Objective::kModularity, Objective::kCpm}) {
    const Partition found =
        leiden(Graph::from_edges(6, edges), {.objective = objective, .resolution = 0.1});
    EXPECT_THAT(found.community, ElementsAre(0, 0, 0, 1, 2, 3));
  }
}

TEST(Leiden, TakesNoNodeAndOneNode) {
  const Partition none = leiden(Graph::from_edges(0, {}), {});
  EXPECT_TRUE(none.community.empty());
  EXPECT_EQ(none.count, 0);
  const Partition one = leiden(Graph::from_edges(1, {}), {});
  EXPECT_THAT(one.community, ElementsAre(0));
  EXPECT_EQ(one.quality, 0);
}

TEST(Leiden, NeverJoinsTwoComponents) {
  std::vector<Edge> edges;
  for (Node base : {0, 30}) {
    for (Node a = 0; a < 29; ++a) {
      edges.push_back({base + a, base + a + 1, 1});
    }
  }
  const Partition found = leiden(Graph::from_edges(60, edges), {.resolution = 1e-6});
  EXPECT_EQ(found.count, 2);
  EXPECT_TRUE(same_parts(found.community, planted_groups(2, 30)));
}

TEST(Leiden, FollowsWeights) {
  // A ring of six: the heavy edges decide which pairs stand together.
  std::vector<Edge> edges;
  edges.reserve(6);
  for (Node a = 0; a < 6; ++a) {
    edges.push_back({a, (a + 1) % 6, a % 2 == 0 ? 10.0F : 0.5F});
  }
  EXPECT_THAT(leiden(Graph::from_edges(6, edges), {}).community, ElementsAre(0, 0, 1, 1, 2, 2));
}

TEST(Leiden, CountsSelfLoopsInStrengths) {
  // Heavy loops make both ends of the path strong: their edge weighs less than chance has it.
  const std::vector<Edge> edges = {{0, 1, 1}, {0, 0, 10}, {1, 1, 10}};
  EXPECT_EQ(leiden(Graph::from_edges(2, edges), {}).count, 2);
  EXPECT_EQ(leiden(Graph::from_edges(2, std::span(edges).first(1)), {}).count, 1);
}

TEST(Leiden, CpmTakesNodeWeights) {
  const std::vector<double> heavy = {1, 1, 10, 10};
  const std::vector<Edge> edges = {{0, 1, 1}, {1, 2, 1}, {2, 3, 1}};
  const LeidenOptions options{
      .objective = Objective::kCpm, .resolution = 0.4, .node_weights = heavy};
  EXPECT_THAT(leiden(Graph::from_edges(4, edges), options).community, ElementsAre(0, 0, 1, 2));
}

TEST(Leiden, GivesTheSameForASeedAndForScaledWeights) {
  const Graph graph = planted(20, 15, 0.4, 0.05, 9);
  Graph scaled = graph;
  for (Arc& arc : scaled.all_arcs) {
    arc.weight *= 1024;
  }
  const Partition found = leiden(graph, {.seed = 7});
  EXPECT_EQ(found.community, leiden(graph, {.seed = 7}).community);
  EXPECT_EQ(found.community, leiden(scaled, {.seed = 7}).community);
}

TEST(Leiden, NeverLosesQualityFromOneIterationToTheNext) {
  const Graph graph = planted(30, 12, 0.35, 0.06, 4);
  double before = 0;
  for (int iterations = 1; iterations <= 8; ++iterations) {
    const Partition found = leiden(graph, {.iterations = iterations, .seed = 2});
    EXPECT_GE(found.quality, before - 1e-9);
    EXPECT_LE(found.iterations, iterations);
    before = found.quality;
  }
  const Partition stable = leiden(graph, {.seed = 2});
  EXPECT_GE(stable.quality, before - 1e-9);
  EXPECT_LT(stable.iterations, 100);
}

TEST(Leiden, NumbersCommunitiesByFallingSize) {
  const Partition found = leiden(random_graph(300, 600, 1), {});
  std::vector<int> size(index(found.count));
  for (const Node c : found.community) {
    ++size[index(c)];
  }
  EXPECT_TRUE(std::is_sorted(size.rbegin(), size.rend()));
  EXPECT_GT(size.back(), 0);
}

}  // namespace
}  // namespace wend::discover
