// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/knn_graph.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

#include "wend/base/parallel.h"
#include "wend/ml/neighbours_all.h"

namespace wend::discover {
namespace {

constexpr std::size_t kChunk = 4'096;

/// Calls work(i) for each i below count, a chunk at a time.
template <class Work>
void for_each_index(std::size_t count, std::size_t threads, const Work& work) {
  base::parallel_for((count + kChunk - 1) / kChunk, threads, [&](std::size_t chunk, std::size_t) {
    for (std::size_t i = chunk * kChunk; i < std::min(count, (chunk + 1) * kChunk); ++i) {
      work(i);
    }
  });
}

/// Both directions of a pair become one, and those that are neighbours of each other meet.
std::vector<std::pair<Node, Node>> undirected(const ml::NeighbourTable& table) {
  std::vector<std::pair<Node, Node>> pairs;
  pairs.reserve(table.rows() * table.columns());
  for (std::size_t i = 0; i < table.rows(); ++i) {
    for (const ml::Neighbour& other : table.row(i)) {
      pairs.push_back(std::minmax(static_cast<Node>(i), static_cast<Node>(other.point)));
    }
  }
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  return pairs;
}

struct Span {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void include(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }

  double scaled(double value) const { return high > low ? (value - low) / (high - low) : 1; }
};

}  // namespace

base::Matrix unit_rows(base::Matrix rows) {
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const std::span<float> row = rows.row(i);
    const float length = std::sqrt(ml::inner_product(row, row));
    for (float& value : row) {
      value = length > 0 ? value / length : 0;
    }
  }
  return rows;
}

bool have_unit_length(const base::Matrix& rows) {
  constexpr float kRounding = 1e-5F;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    if (!(std::abs(ml::inner_product(rows.row(i), rows.row(i)) - 1) <= kRounding)) {
      return false;
    }
  }
  return true;
}

base::Result<std::vector<Edge>> knn_edges(const base::Matrix& unit_vectors,
                                          const KnnOptions& options) {
  const ml::HnswOptions index{.seed = options.seed};
  const auto [k, threads, progress] = std::tuple(options.k, options.threads, options.progress);
  const ml::NeighbourTable table =
      TRY(unit_vectors.rows() <= options.exact_limit
              ? ml::all_nearest(unit_vectors, k, threads, progress)
              : ml::all_nearest_hnsw(unit_vectors, k, threads, index, progress));
  const std::vector<std::pair<Node, Node>> pairs = undirected(table);
  std::vector<Edge> edges(pairs.size());
  for_each_index(edges.size(), options.threads, [&](std::size_t i) {
    const auto [a, b] = pairs[i];
    edges[i] = {a,
                b,
                ml::inner_product(unit_vectors.row(static_cast<std::size_t>(a)),
                                  unit_vectors.row(static_cast<std::size_t>(b)))};
  });
  return edges;
}

std::vector<Edge> weigh_edges(std::vector<Edge> edges,
                              const OverlapThreshold& threshold,
                              std::size_t threads) {
  constexpr double kDropped = -std::numeric_limits<double>::infinity();
  std::vector<double> overlaps(edges.size(), kDropped);
  for_each_index(edges.size(), threads, [&](std::size_t i) {
    const RankingView a = threshold.rankings[static_cast<std::size_t>(edges[i].a)];
    const RankingView b = threshold.rankings[static_cast<std::size_t>(edges[i].b)];
    if (!a.prefers() || !b.prefers()) {
      return;
    }
    const double overlap = threshold.overlap.corrected(a, b);
    if (overlap >= threshold.least) {
      overlaps[i] = overlap;
    }
  });
  Span cosines;
  Span kept_overlaps;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    if (overlaps[i] != kDropped) {
      cosines.include(static_cast<double>(edges[i].weight));
      kept_overlaps.include(overlaps[i]);
      overlaps[kept] = overlaps[i];
      edges[kept++] = edges[i];
    }
  }
  edges.resize(kept);
  for (std::size_t i = 0; i < kept; ++i) {
    const double cosine = cosines.scaled(static_cast<double>(edges[i].weight));
    edges[i].weight = static_cast<float>(std::sqrt(cosine * kept_overlaps.scaled(overlaps[i])));
  }
  return edges;
}

void scale_cosines(std::vector<Edge>& edges) {
  Span cosines;
  for (const Edge& edge : edges) {
    cosines.include(static_cast<double>(edge.weight));
  }
  for (Edge& edge : edges) {
    edge.weight = static_cast<float>(cosines.scaled(static_cast<double>(edge.weight)));
  }
}

}  // namespace wend::discover
