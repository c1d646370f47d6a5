// SPDX-License-Identifier: Apache-2.0
// The rival: igraph's C library. It is GPL, so this program is built for the benchmark alone and
// never shipped.
#include "contender.h"
#include <igraph.h>

namespace {

using wend::bench::ClusterAnswer;
using wend::bench::ClusterRun;
using wend::bench::ClusterTask;

struct Weighted {
  igraph_t graph;
  igraph_vector_t weights;
};

void make(const ClusterTask& task, const std::vector<wend::discover::Edge>& edges, Weighted& made) {
  const auto count = static_cast<igraph_integer_t>(edges.size());
  igraph_vector_int_t ends;
  igraph_vector_int_init(&ends, 2 * count);
  igraph_vector_init(&made.weights, count);
  for (igraph_integer_t i = 0; i < count; ++i) {
    const wend::discover::Edge& edge = edges[static_cast<std::size_t>(i)];
    VECTOR(ends)[2 * i] = edge.a;
    VECTOR(ends)[2 * i + 1] = edge.b;
    VECTOR(made.weights)[i] = static_cast<double>(edge.weight);
  }
  igraph_create(&made.graph, &ends, task.nodes, IGRAPH_UNDIRECTED);
  igraph_vector_int_destroy(&ends);
}

void find_communities(const Weighted& of, const ClusterRun& run, ClusterAnswer& answer) {
  igraph_rng_seed(igraph_rng_default(), run.seed);
  igraph_vector_t strengths;
  igraph_vector_init(&strengths, 0);
  igraph_strength(&of.graph, &strengths, igraph_vss_all(), IGRAPH_ALL, IGRAPH_LOOPS, &of.weights);
  igraph_vector_int_t membership;
  igraph_vector_int_init(&membership, 0);
  igraph_integer_t communities = 0;
  igraph_community_leiden(&of.graph,
                          &of.weights,
                          &strengths,
                          1 / igraph_vector_sum(&strengths),
                          0.01,
                          /*start=*/false,
                          run.iterations > 0 ? run.iterations : -1,
                          &membership,
                          &communities,
                          nullptr);
  answer.end = wend::bench::now();
  answer.community.assign(VECTOR(membership), VECTOR(membership) + igraph_vcount(&of.graph));
  answer.count = communities;
  igraph_vector_int_destroy(&membership);
  igraph_vector_destroy(&strengths);
}

ClusterAnswer cluster(const ClusterTask& task,
                      const std::vector<wend::discover::Edge>& edges,
                      const ClusterRun& run) {
  ClusterAnswer answer;
  answer.begin = wend::bench::now();
  Weighted made;
  make(task, edges, made);
  answer.graph_made = wend::bench::now();
  find_communities(made, run, answer);
  igraph_vector_destroy(&made.weights);
  igraph_destroy(&made.graph);
  return answer;
}

}  // namespace

int main(int argc, char** argv) {
  return wend::bench::contend(argc, argv, cluster);
}
