// SPDX-License-Identifier: Apache-2.0
// The paired bootstrap of an evaluation table: random utilities of `routers` routers on `queries`
// queries, each in one to three seeds, under three preferences, every router beside best_static.
// The reference answer is the plain loop that draws a query and adds its part; whoever wants to be
// timed must give its numbers on a small table first.
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/base/random.h"
#include "wend/eval/significance.h"

namespace wend::bench {

struct ReplayTask {
  std::size_t queries = 10'000;
  std::size_t routers = 15;
};

/// Per router three columns of its own and three of best_static, as a report asks for them.
inline std::vector<eval::QueryParts> columns_of(const ReplayTask& task) {
  base::Random random(1);
  std::vector<double> count(task.queries);
  for (double& seeds : count) {
    seeds = 1 + static_cast<double>(random.below(3));
  }
  std::vector<eval::QueryParts> own;
  for (std::size_t column = 0; column < 3 * task.routers; ++column) {
    own.push_back({std::vector<double>(task.queries), count});
    for (std::size_t q = 0; q < task.queries; ++q) {
      own.back().sum[q] = count[q] * random.uniform();
    }
  }
  std::vector<eval::QueryParts> columns;
  for (std::size_t router = 0; router < task.routers; ++router) {
    for (const std::size_t from : {router, std::size_t{0}}) {
      columns.insert(columns.end(), {own[3 * from], own[3 * from + 1], own[3 * from + 2]});
    }
  }
  return columns;
}

/// columns (C) -> means (C, resamples), one addition at a time.
inline base::BasicMatrix<double> reference_means(const std::vector<eval::QueryParts>& columns,
                                                 const eval::BootstrapPlan& plan) {
  const std::vector<std::uint64_t> seeds = eval::resample_seeds(plan);
  base::BasicMatrix<double> means(columns.size(), seeds.size());
  for (std::size_t r = 0; r < seeds.size(); ++r) {
    for (std::size_t c = 0; c < columns.size(); ++c) {
      base::Random random(seeds[r]);
      double sum = 0;
      double count = 0;
      for (std::size_t i = 0; i < columns[c].sum.size(); ++i) {
        const std::uint64_t query = random.below(columns[c].sum.size());
        sum += columns[c].sum[query];
        count += columns[c].count[query];
      }
      means(c, r) = sum / count;
    }
  }
  return means;
}

/// The largest absolute difference.
inline double largest_difference(const base::BasicMatrix<double>& a,
                                 const base::BasicMatrix<double>& b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.values().size(); ++i) {
    largest = std::fmax(largest, std::fabs(a.values()[i] - b.values()[i]));
  }
  return largest;
}

}  // namespace wend::bench
