// SPDX-License-Identifier: Apache-2.0
// The rival: igraph's C library. It is GPL, so this program is built for the benchmark alone and
// never shipped.
#include "contender.h"
#include <igraph.h>

namespace {

using wend::bench::ClusterAnswer;
using wend::bench::ClusterRun;
using wend::bench::ClusterTask;

ClusterAnswer cluster(const ClusterTask& task,
                      const std::vector<wend::discover::Edge>& edges,
                      const ClusterRun& run) {
  ClusterAnswer answer;
  answer.begin = wend::bench::now();
  const auto count = static_cast<igraph_integer_t>(edges.size());
  igraph_vector_int_t ends;
  igraph_vector_t weights;
  igraph_vector_int_init(&ends, 2 * count);
  igraph_vector_init(&weights, count);
  for (igraph_integer_t i = 0; i < count; ++i) {
    const wend::discover::Edge& edge = edges[static_cast<std::size_t>(i)];
    VECTOR(ends)[2 * i] = edge.a;
    VECTOR(ends)[2 * i + 1] = edge.b;
    VECTOR(weights)[i] = static_cast<double>(edge.weight);
  }
  igraph_t graph;
  igraph_create(&graph, &ends, task.nodes, IGRAPH_UNDIRECTED);
  igraph_vector_int_destroy(&ends);
  answer.graph_made = wend::bench::now();

  igraph_rng_seed(igraph_rng_default(), run.seed);
  igraph_vector_t strengths;
  igraph_vector_init(&strengths, 0);
  igraph_strength(&graph, &strengths, igraph_vss_all(), IGRAPH_ALL, IGRAPH_LOOPS, &weights);
  igraph_vector_int_t membership;
  igraph_vector_int_init(&membership, 0);
  igraph_integer_t communities = 0;
  igraph_community_leiden(&graph,
                          &weights,
                          &strengths,
                          1 / igraph_vector_sum(&strengths),
                          0.01,
                          /*start=*/false,
                          run.iterations > 0 ? run.iterations : -1,
                          &membership,
                          &communities,
                          nullptr);
  answer.end = wend::bench::now();
  answer.community.assign(VECTOR(membership), VECTOR(membership) + task.nodes);
  answer.count = communities;
  igraph_vector_int_destroy(&membership);
  igraph_vector_destroy(&strengths);
  igraph_vector_destroy(&weights);
  igraph_destroy(&graph);
  return answer;
}

}  // namespace

int main(int argc, char** argv) {
  return wend::bench::contend(argc, argv, cluster);
}
