// SPDX-License-Identifier: Apache-2.0
// Rank-biased overlap (Webber, Moffat, Zobel 2010): how much two rankings agree, the top counting
// most. With X_d the number of models that stand in the first d places of both,
//
//   RBO = (1-p)/p * sum_{d=1..k} X_d/d p^d  +  X_k/k p^k          (extrapolated, both of length k)
//
// and their eq. 32 where one list is shorter. Ties: the expectation over independent random tie
// breaking (RBO^a), for which a model of a group of g that starts after b places stands in the
// first d with probability clamp(d - b, 0, g) / g. So a prompt that all models answer alike agrees
// with any other exactly as much as a random ranking does: the chance mean, E X_d = d^2/M. With few
// models that is far from 0 (.62 for 11 models and p = .9), and of short lists it is another, hence
// corrected(), by which prompts are compared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/discover/ranking.h"

namespace wend::discover {

class RankOverlap {
 public:
  /// 0 < p < 1: the nearer to 1, the more do the lower ranks count.
  RankOverlap(std::size_t models, double p);

  /// RBO^a in [0, 1], symmetric, in time linear in the models; an empty ranking agrees as chance
  /// has it. Both rank our models.
  double operator()(const RankingView& a, const RankingView& b) const;

  /// (RBO - chance) / (1 - chance), the chance of lists of these lengths: 1 for equal strict
  /// rankings, 0 on average for random ones, below 0 for those that disagree: -1 for two models in
  /// two orders.
  double corrected(const RankingView& a, const RankingView& b) const;

  /// The expected RBO of independent random lists of these lengths.
  double chance(std::size_t length_a, std::size_t length_b) const {
    return chance_(length_a, length_b);
  }

 private:
  double of_shared(std::size_t shorter, std::size_t longer, const double* shared) const;
  double chance_of(std::size_t shorter, std::size_t longer) const;

  std::size_t models_;
  std::vector<double> power_;         // [d] p^d
  std::vector<double> weight_;        // [d] (1-p)/p * p^d / d
  base::BasicMatrix<double> chance_;  // (models + 1, models + 1)
};

struct RandomPairs {
  std::size_t count = 100'000;
  std::uint64_t seed = 1;
};

/// The value below which `fraction` of the chance-corrected RBO of random pairs of prompts lies.
/// Only prompts that prefer some model are drawn, for the others agree with all alike; 0 where
/// fewer than two prefer.
double random_pair_percentile(const RankOverlap& overlap,
                              const Rankings& rankings,
                              double fraction,
                              const RandomPairs& pairs);

}  // namespace wend::discover
