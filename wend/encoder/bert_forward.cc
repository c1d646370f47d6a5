// SPDX-License-Identifier: Apache-2.0
#include "wend/encoder/bert_forward.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "wend/base/parallel.h"

namespace wend::encoder {
namespace {

using ml::PackedLinear;

// Rows that pass attention's projection and the feed-forward net together: their inner activations
// stay in the second-level cache.
constexpr std::size_t kBlockRows = PackedLinear::kMaxRows;

std::size_t total_rows(std::span<const std::span<const std::int32_t>> sequences) {
  std::size_t rows = 0;
  for (const auto& ids : sequences) {
    rows += ids.size();
  }
  return rows;
}

void grow(base::Matrix& matrix, std::size_t rows, std::size_t columns) {
  if (matrix.rows() < rows || matrix.columns() != columns) {
    matrix = base::Matrix(rows, columns);
  }
}

// x (rows, columns) -> out (columns), summed in the order of the rows.
void mean_of_rows(const float* x, std::size_t rows, std::size_t columns, float* out) {
  std::fill_n(out, columns, 0.0F);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) {
      out[j] += x[i * columns + j];
    }
  }
  for (std::size_t j = 0; j < columns; ++j) {
    out[j] /= static_cast<float>(rows);
  }
}

base::Result<PackedLinear> pack_together(std::span<const ml::LinearView* const> parts) {
  std::vector<float> weight;
  std::vector<float> bias;
  for (const ml::LinearView* part : parts) {
    weight.insert(weight.end(), part->weight.begin(), part->weight.end());
    bias.insert(bias.end(), part->bias.begin(), part->bias.end());
  }
  return PackedLinear::pack({weight, bias, parts[0]->inputs, bias.size()});
}

}  // namespace

base::Result<BertForward::Layer> BertForward::pack_layer(const BertLayerView& layer) {
  const ml::LinearView* const parts[] = {&layer.query, &layer.key, &layer.value};
  return Layer{TRY(pack_together(parts)),
               TRY(PackedLinear::pack(layer.attention_output)),
               TRY(PackedLinear::pack(layer.intermediate)),
               TRY(PackedLinear::pack(layer.output))};
}

base::Result<BertForward> BertForward::pack(const BertWeights& weights, ml::Isa isa) {
  std::vector<std::optional<base::Result<Layer>>> packed(weights.layers.size());
  base::parallel_for(packed.size(), 0, [&](std::size_t i, std::size_t) {
    packed[i] = pack_layer(weights.layers[i]);
  });
  BertForward forward(weights, ml::kernels_for(isa));
  for (auto& layer : packed) {
    forward.layers_.push_back(TRY(*std::move(layer)));
  }
  return forward;
}

void BertForward::reserve(Sequences sequences, BertScratch& scratch) const {
  const BertConfig& config = weights_->config;
  const std::size_t rows = PackedLinear::padded_rows(total_rows(sequences));
  const std::size_t block = std::min(rows, kBlockRows);
  std::size_t longest = 0;
  for (const auto& ids : sequences) {
    longest = std::max(longest, ids.size());
  }
  grow(scratch.x, rows, config.hidden);
  grow(scratch.qkv, rows, 3 * config.hidden);
  grow(scratch.context, rows, config.hidden);
  grow(scratch.projected, block, config.hidden);
  grow(scratch.inner, block, config.intermediate);
  const std::size_t attention = ml::attention_scratch(longest, config.head_dim());
  if (scratch.attention.columns() < attention) {
    scratch.attention = base::Matrix(1, attention);
  }
}

void BertForward::embed(Sequences sequences, BertScratch& scratch) const {
  const std::size_t hidden = weights_->config.hidden;
  float* row = scratch.x.data();
  for (const auto& ids : sequences) {
    for (std::size_t i = 0; i < ids.size(); ++i, row += hidden) {
      const float* word = &weights_->words[static_cast<std::size_t>(ids[i]) * hidden];
      const float* position = &weights_->positions[i * hidden];
      for (std::size_t j = 0; j < hidden; ++j) {
        row[j] = word[j] + position[j] + weights_->token_types[j];
      }
    }
  }
  kernels_->layer_norm({.x = scratch.x.data(),
                        .residual = nullptr,
                        .gamma = weights_->embedding_norm.gamma.data(),
                        .beta = weights_->embedding_norm.beta.data(),
                        .out = scratch.x.data(),
                        .rows = total_rows(sequences),
                        .columns = hidden,
                        .epsilon = weights_->config.layer_norm_epsilon});
}

// qkv (rows, 3 hidden) -> context (rows, hidden)
void BertForward::attend(Sequences sequences, BertScratch& scratch) const {
  const BertConfig& config = weights_->config;
  std::size_t begin = 0;
  for (const auto& ids : sequences) {
    for (std::size_t head = 0; head < config.heads; ++head) {
      const std::size_t column = head * config.head_dim();
      const float* q = scratch.qkv.data() + begin * 3 * config.hidden + column;
      kernels_->attention({.q = q,
                           .k = q + config.hidden,
                           .v = q + 2 * config.hidden,
                           .out = scratch.context.data() + begin * config.hidden + column,
                           .scratch = scratch.attention.data(),
                           .input_stride = 3 * config.hidden,
                           .output_stride = config.hidden,
                           .length = ids.size(),
                           .head_dim = config.head_dim()});
    }
    begin += ids.size();
  }
}

// x (rows, hidden) = LayerNorm(addend + x)
void BertForward::add_and_norm(const base::Matrix& addend,
                               const NormView& norm,
                               std::size_t rows,
                               float* x) const {
  kernels_->layer_norm({.x = addend.data(),
                        .residual = x,
                        .gamma = norm.gamma.data(),
                        .beta = norm.beta.data(),
                        .out = x,
                        .rows = rows,
                        .columns = weights_->config.hidden,
                        .epsilon = weights_->config.layer_norm_epsilon});
}

// What follows attention, for rows [begin, begin + rows): projection, feed-forward net and both
// LayerNorms, in x.
void BertForward::finish_rows(std::size_t layer,
                              std::size_t begin,
                              std::size_t rows,
                              BertScratch& scratch) const {
  const BertConfig& config = weights_->config;
  const BertLayerView& view = weights_->layers[layer];
  const Layer& packed = layers_[layer];
  float* x = scratch.x.data() + begin * config.hidden;
  const float* context = scratch.context.data() + begin * config.hidden;
  packed.attention_output.apply(rows, context, scratch.projected.data());
  add_and_norm(scratch.projected, view.attention_norm, rows, x);
  packed.intermediate.apply(rows, x, scratch.inner.data());
  kernels_->gelu(scratch.inner.data(), rows * config.intermediate);
  packed.output.apply(rows, scratch.inner.data(), scratch.projected.data());
  add_and_norm(scratch.projected, view.output_norm, rows, x);
}

void BertForward::pooled(Sequences sequences,
                         BertScratch& scratch,
                         std::span<float* const> out) const {
  const std::size_t hidden = weights_->config.hidden;
  const std::size_t rows = total_rows(sequences);
  reserve(sequences, scratch);
  embed(sequences, scratch);
  for (std::size_t layer = 0; layer < layers_.size(); ++layer) {
    layers_[layer].qkv.apply(rows, scratch.x.data(), scratch.qkv.data());
    attend(sequences, scratch);
    for (std::size_t begin = 0; begin < rows; begin += kBlockRows) {
      finish_rows(layer, begin, std::min(kBlockRows, rows - begin), scratch);
    }
  }
  const float* x = scratch.x.data();
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    mean_of_rows(x, sequences[i].size(), hidden, out[i]);
    x += sequences[i].size() * hidden;
  }
}

}  // namespace wend::encoder
