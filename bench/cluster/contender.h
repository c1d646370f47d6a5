// SPDX-License-Identifier: Apache-2.0
// What both programs of bench/cluster do around their own part: they make the edges, time the graph
// and the communities apart, and print one line of JSON for run.py.
//   bench_cluster NODES EDGES ITERATIONS SEED      iterations 0: until stable
#pragma once

#include <charconv>
#include <cstdint>
#include <string_view>
#include <system_error>
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

/// The whole text as a number.
template <class Number>
bool read_number(std::string_view text, Number& number) {
  const char* const end = text.data() + text.size();
  const auto [read, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && read == end && number >= 0;
}

inline bool read_arguments(int argc, char** argv, ClusterTask& task, ClusterRun& run) {
  return argc == 5 && read_number(argv[1], task.nodes) && read_number(argv[2], task.edges) &&
         read_number(argv[3], run.iterations) && read_number(argv[4], run.seed) && has_room(task);
}

template <class Cluster>
int contend(int argc, char** argv, const Cluster& cluster) {
  ClusterTask task;
  ClusterRun run{};
  if (!read_arguments(argc, argv, task, run)) {
    fmt::print(stderr,
               "usage: {} NODES EDGES ITERATIONS SEED: whole numbers, EDGES 1 to half of the "
               "pairs of nodes\n",
               argv[0]);
    return 2;
  }
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
