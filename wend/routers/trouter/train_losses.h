// SPDX-License-Identifier: Apache-2.0
// TRouter's loss (paper section 3.3, eq. 7 to 10; algorithms.md 2.4) with its gradient written by
// hand.
//
//   l = softmax(s / tau)      hhat[b,j] = sum_t l[b,t] g[j,t]      j runs over (metric, model)
//   L = sum_j c[j] sum_b (hhat[b,j] - h[b,j])^2  -  w_task / B sum_b sum_t y[b,t] log(l[b,t] +
//   1e-8)
//
// pairwise_loss fuses the scorer with it: the scorer's first layer is split, W1 [e_q ; e_t] = A e_q
// + B e_t, so that only its second layer runs on all B*K pairs. Because a query's loss depends on
// its own K scores alone, each tile of a few queries is scored, weighed and differentiated while
// its rows lie in the cache; nothing of size B*K*hidden is ever kept. train_losses_test.cc holds
// both against finite differences and against libtorch's own autograd.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "wend/train/torch.h"

namespace wend::routers {

inline constexpr double kLogFloor = 1e-8;

/// What a minibatch of B queries is held against; constants, of the parameters' type.
struct LossTargets {
  at::Tensor outcomes;  ///< (B, J), NaN where missing: such a cell has no part in the loss.
  at::Tensor labels;    ///< (B, K), rows that sum to 1; a row of zeros where a query has no label.
  std::vector<double> cell_weights;  ///< (J) c[j], the weight of one present cell.
  double tau = 0.07;
  double task_weight = 1.0;
  double dropout = 0.0;  ///< In the fused scorer alone.
  std::uint64_t dropout_seed = 0;
};

/// c[j] for `outcomes` (B, J) with J = metrics x models: the mean over a metric's present cells,
/// times its weight. With `metric_weights` already divided by |H| this is eq. 10.
std::vector<double> cell_weights(const at::Tensor& outcomes,
                                 const std::vector<double>& metric_weights);

/// The pairwise scorer behind its split first layer, s[b,t] = w3 . relu(W2 relu(q[b] + k[t]) + b2)
/// + b3.
struct PairwiseTerms {
  at::Tensor query_terms;  ///< (B, hidden): A e_q.
  at::Tensor task_terms;   ///< (K, hidden): B e_t + b1.
  at::Tensor w2;           ///< (hidden, hidden), (out, in).
  at::Tensor b2;           ///< (hidden)
  at::Tensor w3;           ///< (1, hidden)
  at::Tensor b3;           ///< (1)
};

/// Terms and g (J, K) -> scalar loss. The gradient is computed with the loss. The result depends on
/// neither the number of threads nor their timing.
at::Tensor pairwise_loss(const PairwiseTerms& terms,
                         const at::Tensor& g,
                         const LossTargets& targets);

/// scores (B, K) and g (J, K) -> scalar loss: for the other scorers.
at::Tensor mixture_loss(const at::Tensor& scores, const at::Tensor& g, const LossTargets& targets);

}  // namespace wend::routers
