// SPDX-License-Identifier: Apache-2.0
#include "wend/ml/neighbours_all.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <utility>
#include <vector>

#include "wend/base/parallel.h"
#include "wend/base/stop.h"
#include "wend/ml/matmul.h"

namespace wend::ml {
namespace {

// A tile of points is packed once and meets every block of queries; 512 of 384 floats are 768 KB,
// which stay in the second-level cache. As many points as stand below are packed at a time.
constexpr std::size_t kTilePoints = 512;
constexpr std::size_t kPointsAtOnce = 64 * kTilePoints;
constexpr std::size_t kBlockQueries = PackedLinear::kMaxRows;

bool is_nearer(const Neighbour& a, const Neighbour& b) {
  return a.similarity != b.similarity ? a.similarity > b.similarity : a.point < b.point;
}

/// The best k of what is offered in rising order of points, so that of equals the first stays.
class Best {
 public:
  void reserve(std::size_t k) {
    k_ = k;
    found_.reserve(kRoom * k);
  }

  float threshold() const { return threshold_; }

  /// Needs a similarity above the threshold.
  void add(std::uint32_t point, float similarity) {
    found_.push_back({point, similarity});
    if (found_.size() == kRoom * k_) {
      shrink();
    }
  }

  std::vector<Neighbour>& sorted() {
    std::sort(found_.begin(), found_.end(), is_nearer);
    found_.resize(std::min(k_, found_.size()));
    return found_;
  }

 private:
  static constexpr std::size_t kRoom = 3;

  void shrink() {
    const auto kth = found_.begin() + static_cast<std::ptrdiff_t>(k_) - 1;
    std::nth_element(found_.begin(), kth, found_.end(), is_nearer);
    threshold_ = kth->similarity;
    found_.resize(k_);
  }

  std::size_t k_ = 0;
  float threshold_ = -std::numeric_limits<float>::infinity();
  std::vector<Neighbour> found_;
};

struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;

  std::size_t size() const { return end - begin; }
};

/// Offers what beats the threshold. Sixteen are compared at a time, since hardly any does.
void offer(std::span<const float> similarities, std::size_t query, Range tile, Best& best) {
  constexpr std::size_t kStep = 16;
  std::size_t i = 0;
  while (i < tile.size()) {
    const std::size_t end = std::min(i + kStep, tile.size());
    const float threshold = best.threshold();
    int beat = 0;
    for (std::size_t j = i; j < end; ++j) {
      beat |= similarities[j] > threshold ? 1 : 0;
    }
    for (std::size_t j = i; beat != 0 && j < end; ++j) {
      const std::size_t point = tile.begin + j;
      if (similarities[j] > best.threshold() && point != query) {
        best.add(static_cast<std::uint32_t>(point), similarities[j]);
      }
    }
    i = end;
  }
}

base::Result<std::vector<PackedLinear>> pack_tiles(const base::Matrix& points, Range range) {
  const std::vector<float> no_bias(kTilePoints);
  std::vector<PackedLinear> tiles;
  for (std::size_t begin = range.begin; begin < range.end; begin += kTilePoints) {
    const std::size_t count = std::min(kTilePoints, range.end - begin);
    tiles.push_back(TRY(PackedLinear::pack(
        {points.values().subspan(begin * points.columns(), count * points.columns()),
         std::span(no_bias).first(count),
         points.columns(),
         count})));
  }
  return tiles;
}

class Search {
 public:
  Search(const base::Matrix& points, std::size_t k, std::size_t threads, base::Progress* progress)
      : points_(points),
        k_(std::min(k, points.rows() - 1)),
        threads_(threads == 0 ? base::available_threads() : threads),
        progress_(progress),
        best_(points.rows()),
        scratch_(threads_) {
    for (Best& best : best_) {
      best.reserve(k_);
    }
    for (Scratch& scratch : scratch_) {
      scratch.queries = base::Matrix(kBlockQueries, points.columns());
      scratch.similarities = base::Matrix(kBlockQueries, kTilePoints);
    }
  }

  base::Result<NeighbourTable> run() {
    if (progress_ != nullptr) {
      progress_->start("neighbours", points_.rows());
    }
    for (std::size_t begin = 0; begin < points_.rows(); begin += kPointsAtOnce) {
      const Range range{begin, std::min(begin + kPointsAtOnce, points_.rows())};
      const std::vector<PackedLinear> tiles = TRY(pack_tiles(points_, range));
      const std::size_t blocks = (points_.rows() + kBlockQueries - 1) / kBlockQueries;
      base::parallel_for(blocks, threads_, [&](std::size_t block, std::size_t worker) {
        if (base::check_stop()) {
          ask(tiles, range, block, scratch_[worker]);
        }
      });
      TRY(base::check_stop());
    }
    if (progress_ != nullptr) {
      progress_->finish();
    }
    return table();
  }

 private:
  struct Scratch {
    base::Matrix queries;
    base::Matrix similarities;
  };

  void ask(const std::vector<PackedLinear>& tiles,
           Range range,
           std::size_t block,
           Scratch& scratch) {
    const std::size_t first = block * kBlockQueries;
    const std::size_t count = std::min(kBlockQueries, points_.rows() - first);
    const auto rows =
        points_.values().subspan(first * points_.columns(), count * points_.columns());
    std::copy(rows.begin(), rows.end(), scratch.queries.values().begin());
    for (std::size_t t = 0; t < tiles.size(); ++t) {
      const std::size_t begin = range.begin + t * kTilePoints;
      const Range tile{begin, std::min(begin + kTilePoints, range.end)};
      float* const similarities = scratch.similarities.data();
      tiles[t].apply(count, scratch.queries.data(), similarities);
      for (std::size_t i = 0; i < count; ++i) {
        offer({similarities + i * tile.size(), tile.size()}, first + i, tile, best_[first + i]);
      }
    }
    advance(count);
  }

  /// A point counts once, though it is asked of every range: the share of its ranges that is done.
  void advance(std::size_t queries) {
    if (progress_ != nullptr) {
      const std::size_t ranges = (points_.rows() + kPointsAtOnce - 1) / kPointsAtOnce;
      const std::size_t before = asked_.fetch_add(queries);
      progress_->advance((before + queries) / ranges - before / ranges);
    }
  }

  /// The product sums in an order of its own, so what is told is counted anew.
  NeighbourTable table() {
    NeighbourTable table(points_.rows(), k_);
    base::parallel_for(points_.rows(), threads_, [&](std::size_t i, std::size_t) {
      std::vector<Neighbour>& found = best_[i].sorted();
      for (Neighbour& neighbour : found) {
        neighbour.similarity = inner_product(points_.row(i), points_.row(neighbour.point));
      }
      std::sort(found.begin(), found.end(), is_nearer);
      std::copy(found.begin(), found.end(), table.row(i).begin());
    });
    return table;
  }

  const base::Matrix& points_;
  std::size_t k_;
  std::size_t threads_;
  base::Progress* progress_;
  std::atomic<std::size_t> asked_ = 0;  // queries of all ranges
  std::vector<Best> best_;
  std::vector<Scratch> scratch_;
};

}  // namespace

base::Result<NeighbourTable> all_nearest(const base::Matrix& points,
                                         std::size_t k,
                                         std::size_t threads,
                                         base::Progress* progress) {
  if (points.rows() < 2 || k == 0) {
    return NeighbourTable(points.rows(), 0);
  }
  return Search(points, k, threads, progress).run();
}

}  // namespace wend::ml
