// SPDX-License-Identifier: Apache-2.0
// TRouter's network in libtorch (paper section 3.3.2; algorithms.md 2.3): two MLPs that embed the
// query and the task types, a scorer that recognises the task, and one small head for each (metric,
// model) that reads the task's vector alone. The heads lie stacked in one tensor a layer, so that
// all of them are one product. Plain autograd; train_losses.h has the fast form of the pairwise
// one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "wend/base/result.h"
#include "wend/ml/tensor.h"
#include "wend/routers/trouter/options.h"
#include "wend/train/torch.h"

namespace wend::routers {

struct NetworkShape {
  std::size_t inputs = 384;  ///< Of the encoder.
  std::size_t width = 256;   ///< Of e_q and e_t.
  std::size_t hidden = 256;
  std::size_t tasks = 1;    ///< concat_all alone depends on it.
  std::size_t columns = 1;  ///< metrics x models: the number of heads.
  std::size_t head_layers = 2;
  Scorer scorer = Scorer::kPairwise;
  /// Without assumption 1 a head reads [e_q ; e_t].
  bool query_in_heads = false;
};

/// weight (outputs, inputs) and bias (outputs); of stacked heads (columns, outputs, inputs) and
/// (columns, outputs). A bilinear form has no bias.
struct Dense {
  at::Tensor weight;
  at::Tensor bias;
};

using Mlp = std::vector<Dense>;

struct TaskNetwork {
  Mlp query_mlp;
  Mlp task_mlp;
  Mlp scorer;
  Mlp heads;

  /// Every tensor with the name it has in an artifact, in a fixed order.
  std::vector<std::pair<std::string, at::Tensor>> named() const;
  std::vector<at::Tensor> parameters() const;
  std::size_t parameter_count() const;
  void export_to(ml::TensorMap& weights) const;
  /// The values that an artifact has, in the place of one's own. Fails where a tensor is missing or
  /// of another shape, with its name.
  base::Status import_from(const ml::TensorMap& weights) const;
};

/// Seeded weights in PyTorch's Linear default.
TaskNetwork make_task_network(const NetworkShape& shape, std::uint64_t seed);

/// The query MLP and the heads alone: what the metric router is made of.
TaskNetwork make_metric_network(const NetworkShape& shape, std::uint64_t seed);

/// Last biases such that each head starts at `means` (columns), clamped away from 0 and 1.
void calibrate_heads(TaskNetwork& network, const std::vector<double>& means);

/// x (n, in) -> (n, out), ReLU between the layers.
at::Tensor apply_mlp(const Mlp& mlp, const at::Tensor& x);

/// x (n, width) -> sigmoid of each head (columns, n). dropout is the rate; 0 outside training.
at::Tensor apply_heads(const Mlp& heads, const at::Tensor& x, double dropout);

/// e_q (B, width), e_t (K, width) -> (B, K, columns): the heads that read both. B K columns hidden
/// floats of scratch.
at::Tensor apply_query_heads(const Mlp& heads,
                             const at::Tensor& e_q,
                             const at::Tensor& e_t,
                             double dropout);

/// e_q (B, width), e_t (K, width) -> scores (B, K) of any scorer.
at::Tensor task_scores(const TaskNetwork& network,
                       Scorer scorer,
                       const at::Tensor& e_q,
                       const at::Tensor& e_t);

}  // namespace wend::routers
