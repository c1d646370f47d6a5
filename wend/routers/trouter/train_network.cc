// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/trouter/train_network.h"

#include <algorithm>
#include <cmath>

#include "wend/base/random.h"
#include "wend/train/exchange.h"
#include "wend/train/product.h"

namespace wend::routers {
namespace {

std::int64_t signed_size(std::size_t size) {
  return static_cast<std::int64_t>(size);
}

Dense make_dense(std::size_t inputs, std::size_t outputs, base::Random& random) {
  const double bound = 1.0 / std::sqrt(static_cast<double>(inputs));
  return {train::uniform_parameter({signed_size(outputs), signed_size(inputs)}, bound, random),
          train::uniform_parameter({signed_size(outputs)}, bound, random)};
}

Dense make_stacked(std::size_t columns,
                   std::size_t inputs,
                   std::size_t outputs,
                   base::Random& random) {
  const double bound = 1.0 / std::sqrt(static_cast<double>(inputs));
  const std::int64_t stack = signed_size(columns);
  const std::int64_t out = signed_size(outputs);
  return {train::uniform_parameter({stack, out, signed_size(inputs)}, bound, random),
          train::uniform_parameter({stack, out}, bound, random)};
}

Mlp make_scorer(const NetworkShape& shape, base::Random& random) {
  if (shape.scorer == Scorer::kBilinear) {
    const double bound = 1.0 / std::sqrt(static_cast<double>(shape.width));
    const std::int64_t width = signed_size(shape.width);
    return {{train::uniform_parameter({width, width}, bound, random), at::Tensor()}};
  }
  const bool pairwise = shape.scorer == Scorer::kPairwise;
  const std::size_t vectors = pairwise ? 2 : 1 + shape.tasks;
  Mlp scorer;
  scorer.push_back(make_dense(vectors * shape.width, shape.hidden, random));
  scorer.push_back(make_dense(shape.hidden, shape.hidden, random));
  scorer.push_back(make_dense(shape.hidden, pairwise ? 1 : shape.tasks, random));
  return scorer;
}

Mlp make_heads(const NetworkShape& shape, base::Random& random) {
  const std::size_t inputs = shape.query_in_heads ? 2 * shape.width : shape.width;
  Mlp heads;
  heads.push_back(make_stacked(shape.columns, inputs, shape.hidden, random));
  if (shape.head_layers == 3) {
    heads.push_back(make_stacked(shape.columns, shape.hidden, shape.hidden, random));
  }
  heads.push_back(make_stacked(shape.columns, shape.hidden, 1, random));
  return heads;
}

Mlp make_embedding_mlp(const NetworkShape& shape, base::Random& random) {
  return {make_dense(shape.inputs, shape.hidden, random),
          make_dense(shape.hidden, shape.width, random)};
}

void name_layers(const Mlp& mlp,
                 const std::string& prefix,
                 std::vector<std::pair<std::string, at::Tensor>>& out) {
  for (std::size_t i = 0; i < mlp.size(); ++i) {
    const std::string layer = prefix + "." + std::to_string(i);
    out.emplace_back(layer + ".weight", mlp[i].weight);
    if (mlp[i].bias.defined()) {
      out.emplace_back(layer + ".bias", mlp[i].bias);
    }
  }
}

/// hidden (columns, n, in) -> sigmoid of the layers after the first (columns, n).
at::Tensor apply_upper_heads(const Mlp& heads, at::Tensor hidden, double dropout) {
  for (std::size_t i = 1; i + 1 < heads.size(); ++i) {
    hidden = at::baddbmm(heads[i].bias.unsqueeze(1), hidden, heads[i].weight.transpose(1, 2));
    hidden = at::dropout(at::relu(hidden), dropout, dropout > 0);
  }
  const Dense& last = heads.back();
  return at::sigmoid((hidden * last.weight).sum(-1) + last.bias);
}

/// Columns [begin, begin + width) of the heads' first layer on x (n, width) -> (columns, n,
/// hidden).
at::Tensor first_head_layer(const Dense& first, std::int64_t begin, const at::Tensor& x) {
  const at::Tensor weight = first.weight.narrow(2, begin, x.size(1)).reshape({-1, x.size(1)});
  return train::product_transposed(x, weight)
      .view({x.size(0), first.weight.size(0), first.weight.size(1)})
      .transpose(0, 1);
}

at::Tensor pairwise_scores(const Mlp& scorer, const at::Tensor& e_q, const at::Tensor& e_t) {
  const std::int64_t width = e_q.size(1);
  const at::Tensor queries = at::mm(e_q, scorer[0].weight.narrow(1, 0, width).t());
  const at::Tensor tasks =
      at::addmm(scorer[0].bias, e_t, scorer[0].weight.narrow(1, width, width).t());
  at::Tensor hidden = at::relu(queries.unsqueeze(1) + tasks.unsqueeze(0));
  hidden = at::relu(at::linear(hidden, scorer[1].weight, scorer[1].bias));
  return at::linear(hidden, scorer[2].weight, scorer[2].bias).squeeze(-1);
}

/// [e_q ; e_1 ; ... ; e_K] through one MLP; the tasks' part of the first layer is the same for
/// every query.
at::Tensor concat_scores(const Mlp& scorer, const at::Tensor& e_q, const at::Tensor& e_t) {
  const std::int64_t width = e_q.size(1);
  const at::Tensor& weight = scorer[0].weight;
  const at::Tensor tasks = at::mv(weight.narrow(1, width, weight.size(1) - width), e_t.reshape(-1));
  at::Tensor hidden =
      at::relu(at::mm(e_q, weight.narrow(1, 0, width).t()) + tasks + scorer[0].bias);
  hidden = at::relu(at::linear(hidden, scorer[1].weight, scorer[1].bias));
  return at::linear(hidden, scorer[2].weight, scorer[2].bias);
}

}  // namespace

std::vector<std::pair<std::string, at::Tensor>> TaskNetwork::named() const {
  std::vector<std::pair<std::string, at::Tensor>> result;
  name_layers(query_mlp, "query_mlp", result);
  name_layers(task_mlp, "task_mlp", result);
  name_layers(scorer, "scorer", result);
  name_layers(heads, "heads", result);
  return result;
}

std::vector<at::Tensor> TaskNetwork::parameters() const {
  std::vector<at::Tensor> result;
  for (const auto& [name, tensor] : named()) {
    result.push_back(tensor);
  }
  return result;
}

std::size_t TaskNetwork::parameter_count() const {
  std::size_t count = 0;
  for (const at::Tensor& tensor : parameters()) {
    count += static_cast<std::size_t>(tensor.numel());
  }
  return count;
}

void TaskNetwork::export_to(ml::TensorMap& weights) const {
  for (const auto& [name, tensor] : named()) {
    weights.put(name, train::to_artifact(tensor));
  }
}

base::Status TaskNetwork::import_from(const ml::TensorMap& weights) const {
  const at::NoGradGuard no_grad;
  for (const auto& [name, tensor] : named()) {
    const auto kept = weights.all().find(name);
    const std::vector<std::int64_t> shape = tensor.sizes().vec();
    if (kept == weights.all().end() || kept->second.shape() != shape) {
      return base::fail(base::Code::kDataLoss,
                        "tensor '{}': expected the shape [{}]",
                        name,
                        fmt::join(shape, ", "));
    }
    std::ranges::copy(kept->second.values(), tensor.data_ptr<float>());
  }
  return {};
}

TaskNetwork make_task_network(const NetworkShape& shape, std::uint64_t seed) {
  base::Random random(base::stage_seed(seed, "weights"));
  TaskNetwork network;
  network.query_mlp = make_embedding_mlp(shape, random);
  network.task_mlp = make_embedding_mlp(shape, random);
  network.scorer = make_scorer(shape, random);
  network.heads = make_heads(shape, random);
  return network;
}

TaskNetwork make_metric_network(const NetworkShape& shape, std::uint64_t seed) {
  base::Random random(base::stage_seed(seed, "weights"));
  TaskNetwork network;
  network.query_mlp = make_embedding_mlp(shape, random);
  network.heads = make_heads(shape, random);
  return network;
}

void calibrate_heads(TaskNetwork& network, const std::vector<double>& means) {
  const at::NoGradGuard no_grad;
  float* bias = network.heads.back().bias.data_ptr<float>();
  for (std::size_t i = 0; i < means.size(); ++i) {
    const double mean = std::clamp(means[i], 0.01, 0.99);
    bias[i] = static_cast<float>(std::log(mean / (1.0 - mean)));
  }
}

at::Tensor apply_mlp(const Mlp& mlp, const at::Tensor& x) {
  at::Tensor y = x;
  for (std::size_t i = 0; i < mlp.size(); ++i) {
    y = train::product_transposed(i == 0 ? y : at::relu(y), mlp[i].weight) + mlp[i].bias;
  }
  return y;
}

at::Tensor apply_heads(const Mlp& heads, const at::Tensor& x, double dropout) {
  const at::Tensor first = first_head_layer(heads[0], 0, x) + heads[0].bias.unsqueeze(1);
  return apply_upper_heads(heads, at::dropout(at::relu(first), dropout, dropout > 0), dropout);
}

at::Tensor apply_query_heads(const Mlp& heads,
                             const at::Tensor& e_q,
                             const at::Tensor& e_t,
                             double dropout) {
  const at::Tensor queries = first_head_layer(heads[0], 0, e_q);
  const at::Tensor tasks =
      first_head_layer(heads[0], e_q.size(1), e_t) + heads[0].bias.unsqueeze(1);
  const at::Tensor pairs = at::relu(queries.unsqueeze(2) + tasks.unsqueeze(1)).flatten(1, 2);
  const at::Tensor g = apply_upper_heads(heads, at::dropout(pairs, dropout, dropout > 0), dropout);
  return g.view({-1, e_q.size(0), e_t.size(0)}).permute({1, 2, 0});
}

at::Tensor task_scores(const TaskNetwork& network,
                       Scorer scorer,
                       const at::Tensor& e_q,
                       const at::Tensor& e_t) {
  switch (scorer) {
    case Scorer::kPairwise:
      return pairwise_scores(network.scorer, e_q, e_t);
    case Scorer::kConcatAll:
      return concat_scores(network.scorer, e_q, e_t);
    case Scorer::kBilinear:
      return at::mm(at::mm(e_q, network.scorer[0].weight), e_t.t());
  }
  return {};
}

}  // namespace wend::routers
