// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "contender.h"

#include "wend/discover/leiden.h"

int main(int argc, char** argv) {
  namespace bench = wend::bench;
  namespace discover = wend::discover;
  return bench::contend(argc,
                        argv,
                        [](const bench::ClusterTask& task,
                           const std::vector<discover::Edge>& edges,
                           const bench::ClusterRun& run) {
                          bench::ClusterAnswer answer;
                          answer.begin = bench::now();
                          discover::Graph graph = discover::Graph::from_edges(task.nodes, edges);
                          answer.graph_made = bench::now();
                          const discover::Partition found = discover::leiden(
                              std::move(graph), {.iterations = run.iterations, .seed = run.seed});
                          answer.end = bench::now();
                          answer.community.assign(found.community.begin(), found.community.end());
                          answer.count = found.count;
                          return answer;
                        });
}
