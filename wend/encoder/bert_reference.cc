// SPDX-License-Identifier: Apache-2.0
#include "wend/encoder/bert_reference.h"

#include <algorithm>
#include <cmath>

#include "wend/base/matrix.h"

namespace wend::encoder {
namespace {

using Table = base::BasicMatrix<double>;

// x (S, inputs) -> x W^T + b (S, outputs)
Table linear(const Table& x, const ml::LinearView& layer) {
  Table y(x.rows(), layer.outputs);
  for (std::size_t i = 0; i < x.rows(); ++i) {
    for (std::size_t j = 0; j < layer.outputs; ++j) {
      double sum = layer.bias[j];
      for (std::size_t k = 0; k < layer.inputs; ++k) {
        sum += x(i, k) * double{layer.weight[j * layer.inputs + k]};
      }
      y(i, j) = sum;
    }
  }
  return y;
}

// x, y (S, H) -> LayerNorm(x + y)
Table add_and_norm(const Table& x, const Table& y, const NormView& norm, double epsilon) {
  Table out(x.rows(), x.columns());
  const auto size = static_cast<double>(x.columns());
  for (std::size_t i = 0; i < x.rows(); ++i) {
    double mean = 0;
    for (std::size_t j = 0; j < x.columns(); ++j) {
      mean += (x(i, j) + y(i, j)) / size;
    }
    double variance = 0;
    for (std::size_t j = 0; j < x.columns(); ++j) {
      variance += std::pow(x(i, j) + y(i, j) - mean, 2) / size;
    }
    for (std::size_t j = 0; j < x.columns(); ++j) {
      const double normal = (x(i, j) + y(i, j) - mean) / std::sqrt(variance + epsilon);
      out(i, j) = normal * double{norm.gamma[j]} + double{norm.beta[j]};
    }
  }
  return out;
}

Table gelu(Table x) {
  for (double& value : x.values()) {
    value = value / 2 * (1 + std::erf(value / std::sqrt(2.0)));
  }
  return x;
}

// scores (S): softmax in place
void softmax(std::vector<double>& scores) {
  const double highest = *std::max_element(scores.begin(), scores.end());
  double sum = 0;
  for (double& score : scores) {
    score = std::exp(score - highest);
    sum += score;
  }
  for (double& score : scores) {
    score /= sum;
  }
}

// q, k, v (S, H), of which one head takes columns [begin, begin + width) -> the same columns of out
void attend(const Table& q,
            const Table& k,
            const Table& v,
            std::size_t begin,
            std::size_t width,
            Table& out) {
  for (std::size_t i = 0; i < q.rows(); ++i) {
    std::vector<double> scores(q.rows(), 0.0);
    for (std::size_t j = 0; j < q.rows(); ++j) {
      for (std::size_t c = begin; c < begin + width; ++c) {
        scores[j] += q(i, c) * k(j, c) / std::sqrt(static_cast<double>(width));
      }
    }
    softmax(scores);
    for (std::size_t j = 0; j < q.rows(); ++j) {
      for (std::size_t c = begin; c < begin + width; ++c) {
        out(i, c) += scores[j] * v(j, c);
      }
    }
  }
}

// ids (S) -> (S, H)
Table embed(const BertWeights& weights, std::span<const std::int32_t> ids) {
  const std::size_t hidden = weights.config.hidden;
  Table sums(ids.size(), hidden);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    for (std::size_t j = 0; j < hidden; ++j) {
      sums(i, j) = double{weights.words[static_cast<std::size_t>(ids[i]) * hidden + j]} +
                   double{weights.positions[i * hidden + j]} + double{weights.token_types[j]};
    }
  }
  return add_and_norm(sums,
                      Table(ids.size(), hidden),
                      weights.embedding_norm,
                      double{weights.config.layer_norm_epsilon});
}

// x (S, H) -> (S, H)
Table run_layer(const Table& x, const BertLayerView& layer, const BertConfig& config) {
  const auto epsilon = double{config.layer_norm_epsilon};
  const Table q = linear(x, layer.query);
  const Table k = linear(x, layer.key);
  const Table v = linear(x, layer.value);
  Table context(x.rows(), x.columns());
  for (std::size_t head = 0; head < config.heads; ++head) {
    attend(q, k, v, head * config.head_dim(), config.head_dim(), context);
  }
  const Table mixed =
      add_and_norm(linear(context, layer.attention_output), x, layer.attention_norm, epsilon);
  const Table inner = gelu(linear(mixed, layer.intermediate));
  return add_and_norm(linear(inner, layer.output), mixed, layer.output_norm, epsilon);
}

}  // namespace

std::vector<double> reference_pooled(const BertWeights& weights,
                                     std::span<const std::int32_t> ids) {
  Table x = embed(weights, ids);
  for (const BertLayerView& layer : weights.layers) {
    x = run_layer(x, layer, weights.config);
  }
  std::vector<double> mean(x.columns(), 0.0);
  for (std::size_t i = 0; i < x.rows(); ++i) {
    for (std::size_t j = 0; j < x.columns(); ++j) {
      mean[j] += x(i, j) / static_cast<double>(x.rows());
    }
  }
  return mean;
}

}  // namespace wend::encoder
