// SPDX-License-Identifier: Apache-2.0
// Ours beside the quality that igraph reached on the graphs of tests/golden/leiden/record.py.
#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "wend/base/file.h"
#include "wend/discover/leiden.h"

namespace wend::discover {
namespace {

using nlohmann::json;

std::vector<json> recorded() {
  std::istringstream lines(
      base::read_file(WEND_SOURCE_DIR "/tests/golden/leiden/graphs.jsonl").value());
  std::vector<json> rows;
  for (std::string line; std::getline(lines, line);) {
    rows.push_back(json::parse(line));
  }
  return rows;
}

Graph graph_of(const json& row) {
  const bool weighted = row.at("weighted").get<bool>();
  std::vector<Edge> edges;
  for (std::size_t a = 0; a < row.at("edges").size(); ++a) {
    const auto ends = row.at("edges")[a].get<std::vector<Node>>();
    for (std::size_t i = 0; i < ends.size(); i += weighted ? 2 : 1) {
      const float weight = weighted ? static_cast<float>(ends[i + 1]) / 100 : 1;
      edges.push_back({static_cast<Node>(a), ends[i], weight});
    }
  }
  return Graph::from_edges(row.at("nodes").get<Node>(), edges);
}

TEST(LeidenGolden, ReachesTheQualityOfIgraphWithinAThousandth) {
  const std::vector<json> rows = recorded();
  ASSERT_EQ(rows.size(), 10U);
  for (const json& row : rows) {
    const Graph graph = graph_of(row);
    for (const Objective objective : {Objective::kModularity, Objective::kCpm}) {
      const bool is_cpm = objective == Objective::kCpm;
      double sum = 0;
      double best = 0;
      constexpr int kSeeds = 10;
      for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        const double resolution = is_cpm ? row.at("cpm_resolution").get<double>() : 1;
        const Partition found =
            leiden(graph, {.objective = objective, .resolution = resolution, .seed = seed});
        sum += found.quality;
        best = std::max(best, found.quality);
      }
      const json& theirs = row.at(is_cpm ? "cpm" : "modularity");
      const std::string where = row.at("name").get<std::string>() + (is_cpm ? ", CPM" : "");
      EXPECT_GE(best, theirs.at("best").get<double>() * 0.999) << where;
      EXPECT_GE(sum / kSeeds, theirs.at("mean").get<double>() * 0.999) << where;
    }
  }
}

}  // namespace
}  // namespace wend::discover
