// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wend::discover {
namespace {

using testing::ElementsAre;

TEST(Graph, AddsUpEdgesBetweenTheSameNodesAndKeepsLoopsApart) {
  const std::vector<Edge> edges = {
      {0, 1, 1}, {2, 0, 4}, {1, 0, 2}, {1, 1, 5}, {2, 1, 0}, {1, 1, 1}};
  const Graph graph = Graph::from_edges(4, edges);
  EXPECT_EQ(graph.nodes(), 4);
  EXPECT_THAT(graph.arcs(0), ElementsAre(Arc{1, 3}, Arc{2, 4}));
  EXPECT_THAT(graph.arcs(1), ElementsAre(Arc{0, 3}));
  EXPECT_THAT(graph.arcs(2), ElementsAre(Arc{0, 4}));
  EXPECT_TRUE(graph.arcs(3).empty());
  EXPECT_THAT(graph.loops, ElementsAre(0, 6, 0, 0));
  EXPECT_EQ(graph.total_weight(), 13);
  EXPECT_THAT(graph.strengths(), ElementsAre(7, 15, 4, 0));
}

TEST(Graph, SplitsCommunitiesThatAreNotConnected) {
  const std::vector<Edge> edges = {{0, 1, 1}, {1, 2, 1}, {3, 4, 1}};
  std::vector<Node> community = {0, 1, 0, 0, 0};
  EXPECT_EQ(split_into_components(Graph::from_edges(5, edges), community), 4);
  EXPECT_THAT(community, ElementsAre(0, 1, 2, 3, 3));
}

}  // namespace
}  // namespace wend::discover
