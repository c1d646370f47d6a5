// SPDX-License-Identifier: Apache-2.0
// What both programs of bench/cluster do around their own part: they make the edges, time the graph
// and the communities apart, and print one line of JSON for run.py.
//   bench_cluster NODES EDGES ITERATIONS SEED      iterations 0: until stable
#pragma once

#include <cstdint>
#include <cstdlib>
#include <vector>

#include "task.h"
#include <fmt/format.h>

namespace wend::bench {

struct ClusterRun {
  int iterations;
  std::uint64_t seed;
};

struct ClusterAnswer {
  std::vector<std::int64_t> community;
  std::int64_t count = 0;
  Clock begin{};
  Clock graph_made{};
  Clock end{};
};

template <class Cluster>
int contend(int argc, char** argv, const Cluster& cluster) {
  if (argc != 5) {
    fmt::print(stderr, "usage: {} NODES EDGES ITERATIONS SEED\n", argv[0]);
    return 2;
  }
  ClusterTask task;
  task.nodes = std::atoi(argv[1]);
  task.edges = std::strtoull(argv[2], nullptr, 10);
  const ClusterRun run{std::atoi(argv[3]), std::strtoull(argv[4], nullptr, 10)};
  const std::vector<discover::Edge> edges = make_edges(task);
  const double before_mib = peak_mib();
  const ClusterAnswer answer = cluster(task, edges, run);
  fmt::print(
      R"({{"graph_s": {:.3f}, "communities_s": {:.3f}, "wall_s": {:.3f}, "quality": {:.6f}, )"
      R"("communities": {}, "peak_mib": {:.0f}, "peak_before_mib": {:.0f}}})"
      "\n",
      answer.graph_made.processor_s - answer.begin.processor_s,
      answer.end.processor_s - answer.graph_made.processor_s,
      answer.end.wall_s - answer.begin.wall_s,
      modularity(task, edges, answer.community),
      answer.count,
      peak_mib(),
      before_mib);
  return 0;
}

}  // namespace wend::bench
