// SPDX-License-Identifier: Apache-2.0
#include "wend/eval/significance.h"

#include <algorithm>
#include <array>
#include <limits>

#include "wend/base/check.h"
#include "wend/base/parallel.h"
#include "wend/base/random.h"
#include "wend/eval/metrics.h"

namespace wend::eval {

namespace {

/// Resamples and columns of one register tile: 4 x 4 doubles are eight of the sixteen registers
/// that every x86-64 has, so no processor's own code is needed (bench/replay).
constexpr std::size_t kTile = 4;
using Tile = std::array<double, kTile * kTile>;

/// Distinct columns in tiles of kTile: value of column c at query q in tile c / kTile at [q * kTile
/// + c % kTile].
class TiledColumns {
 public:
  explicit TiledColumns(std::size_t queries) : queries_(queries) {}

  /// The index of the column, an old one where an equal column stands already: most counts are the
  /// same for all routers.
  std::size_t add(const std::vector<double>& column) {
    CHECK(column.size() == queries_, "a column of {} of {} queries", column.size(), queries_);
    const auto found = std::find_if(
        columns_.begin(), columns_.end(), [&](const auto* known) { return *known == column; });
    const auto index = static_cast<std::size_t>(found - columns_.begin());
    if (found != columns_.end()) {
      return index;
    }
    columns_.push_back(&column);
    if (index % kTile == 0) {
      tiles_.emplace_back(queries_, kTile);
    }
    for (std::size_t q = 0; q < queries_; ++q) {
      tiles_.back()(q, index % kTile) = column[q];
    }
    return index;
  }

  std::size_t tiles() const { return tiles_.size(); }

  const double* tile(std::size_t i) const { return tiles_[i].data(); }

 private:
  std::size_t queries_;
  std::vector<const std::vector<double>*> columns_;
  std::vector<base::BasicMatrix<double>> tiles_;
};

/// weights (queries, kTile resamples), parts (queries, kTile columns) -> sums (kTile resamples,
/// kTile columns). Each sum runs over the queries in order, so every machine gets the same bits.
Tile product(const double* weights, const double* parts, std::size_t queries) {
  Tile sums{};
  for (std::size_t q = 0; q < queries; ++q) {
    for (std::size_t r = 0; r < kTile; ++r) {
      for (std::size_t c = 0; c < kTile; ++c) {
        sums[r * kTile + c] += weights[q * kTile + r] * parts[q * kTile + c];
      }
    }
  }
  return sums;
}

/// seeds (up to kTile) -> weights (queries, kTile): how often each resample drew each query.
void draw(std::span<const std::uint64_t> seeds, base::BasicMatrix<double>& weights) {
  std::fill(weights.values().begin(), weights.values().end(), 0.0);
  const std::size_t queries = weights.rows();
  for (std::size_t r = 0; r < seeds.size(); ++r) {
    base::Random random(seeds[r]);
    for (std::size_t i = 0; i < queries; ++i) {
      weights(random.below(queries), r) += 1;
    }
  }
}

}  // namespace

QueryPlaces query_places(std::span<const std::span<const Replay>> runs, std::size_t table_rows) {
  constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  QueryPlaces places{std::vector<std::uint32_t>(table_rows, kNone), 0};
  for (const std::span<const Replay> run : runs) {
    for (const Replay& replay : run) {
      for (const Choice& choice : replay.choices) {
        places.place_of_row[choice.row] = 0;
      }
    }
  }
  for (std::uint32_t& place : places.place_of_row) {
    place = place == kNone ? kNone : static_cast<std::uint32_t>(places.queries++);
  }
  return places;
}

QueryParts utility_parts(std::span<const Replay> replays,
                         std::size_t preference,
                         const QueryPlaces& places) {
  QueryParts parts{std::vector<double>(places.queries), std::vector<double>(places.queries)};
  for (const Replay& replay : replays) {
    for (const Choice& choice : replay.choices) {
      if (choice.preference == preference && choice.truth.is_known()) {
        const std::size_t place = places.place_of_row[choice.row];
        parts.sum[place] += true_utility(choice);
        parts.count[place] += 1;
      }
    }
  }
  return parts;
}

std::vector<std::uint64_t> resample_seeds(const BootstrapPlan& plan) {
  base::Random random(base::stage_seed(plan.seed, "bootstrap"));
  std::vector<std::uint64_t> seeds(plan.resamples);
  std::generate(seeds.begin(), seeds.end(), [&] { return random.next(); });
  return seeds;
}

base::BasicMatrix<double> resampled_means(std::span<const QueryParts> columns,
                                          const BootstrapPlan& plan) {
  const std::size_t queries = columns.empty() ? 0 : columns[0].sum.size();
  TiledColumns tiled(queries);
  std::vector<std::pair<std::size_t, std::size_t>> sum_and_count;
  for (const QueryParts& column : columns) {
    const std::size_t sum = tiled.add(column.sum);
    sum_and_count.emplace_back(sum, tiled.add(column.count));
  }
  const std::vector<std::uint64_t> seeds = resample_seeds(plan);
  const std::size_t threads = plan.threads == 0 ? base::available_threads() : plan.threads;
  std::vector<base::BasicMatrix<double>> weights(threads,
                                                 base::BasicMatrix<double>(queries, kTile));
  std::vector<std::vector<Tile>> sums(threads, std::vector<Tile>(tiled.tiles()));
  base::BasicMatrix<double> means(columns.size(), plan.resamples);
  const std::size_t blocks = (plan.resamples + kTile - 1) / kTile;
  base::parallel_for(blocks, threads, [&](std::size_t block, std::size_t worker) {
    const std::size_t first = block * kTile;
    const std::size_t here = std::min(kTile, plan.resamples - first);
    draw(std::span(seeds).subspan(first, here), weights[worker]);
    std::vector<Tile>& tiles = sums[worker];
    for (std::size_t i = 0; i < tiles.size(); ++i) {
      tiles[i] = product(weights[worker].data(), tiled.tile(i), queries);
    }
    const auto sum_of = [&](std::size_t column, std::size_t r) {
      return tiles[column / kTile][r * kTile + column % kTile];
    };
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const auto [sum, count] = sum_and_count[c];
      for (std::size_t r = 0; r < here; ++r) {
        means(c, first + r) = sum_of(sum, r) / sum_of(count, r);
      }
    }
  });
  return means;
}

}  // namespace wend::eval
