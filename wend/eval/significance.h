// SPDX-License-Identifier: Apache-2.0
// Paired bootstrap by query (Efron and Tibshirani 1993, chapter 10; algorithms.md 12). A resample
// draws as many queries as there are, with replacement; each brings all its seeds and all routers
// along, so that a difference of two routers is resampled as one thing. A pooled mean is a ratio of
// two sums over queries, sum of utilities to number of pairs; drawn w_q times, query q adds w_q
// times its part to both. So all means of all resamples are one product of matrices,
//   sums (resamples, columns) = w (resamples, queries) x parts (queries, columns),
// which is computed in tiles that stay in registers. significance_test.cc holds the slow, obvious
// twin.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/eval/replay.h"

namespace wend::eval {

/// One pooled mean taken apart by query: mean = sum of `sum` / sum of `count`.
struct QueryParts {
  std::vector<double> sum;
  std::vector<double> count;

  friend bool operator==(const QueryParts&, const QueryParts&) = default;
};

/// The place of each table row among the distinct rows that some replay has; all bootstrapped parts
/// share it.
struct QueryPlaces {
  std::vector<std::uint32_t> place_of_row;  ///< By table row; meaningless for rows of no replay.
  std::size_t queries = 0;
};

QueryPlaces query_places(std::span<const std::span<const Replay>> runs, std::size_t table_rows);

/// True utilities of one preference. Choices without a known truth are left out.
QueryParts utility_parts(std::span<const Replay> replays,
                         std::size_t preference,
                         const QueryPlaces& places);

struct BootstrapPlan {
  std::uint64_t seed = 1;
  std::size_t resamples = 10'000;
  std::size_t threads = 0;  ///< 0: all. Changes no bit of the result.
};

/// The seed of each resample's own draws: Random(seed).below(queries), as often as there are
/// queries.
std::vector<std::uint64_t> resample_seeds(const BootstrapPlan& plan);

/// columns (C), each of Q queries -> means (C, resamples): every column under the same resamples. A
/// resample in which a column counts nothing gives NaN. Needs parts of one length.
base::BasicMatrix<double> resampled_means(std::span<const QueryParts> columns,
                                          const BootstrapPlan& plan);

}  // namespace wend::eval
