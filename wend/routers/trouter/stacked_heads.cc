// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/trouter/stacked_heads.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace wend::routers {
namespace {

/// heads.LAYER as one layer of columns x outputs rows.
base::Result<StoredLinear> load_stacked(const ml::TensorMap& weights,
                                        const std::string& layer,
                                        std::size_t columns) {
  const auto stack = static_cast<std::int64_t>(columns);
  const ml::Tensor weight = TRY(weights.get("heads." + layer + ".weight", {stack, -1, -1}));
  const auto outputs = weight.shape()[1];
  const ml::Tensor bias = TRY(weights.get("heads." + layer + ".bias", {stack, outputs}));
  StoredLinear stored;
  stored.weight = base::Matrix(columns * static_cast<std::size_t>(outputs),
                               static_cast<std::size_t>(weight.shape()[2]));
  std::copy(weight.values().begin(), weight.values().end(), stored.weight.data());
  stored.bias.assign(bias.values().begin(), bias.values().end());
  return stored;
}

StoredLinear rows_of(const StoredLinear& stored, std::size_t begin, std::size_t count) {
  StoredLinear part = {base::Matrix(count, stored.weight.columns()), {}};
  for (std::size_t i = 0; i < count; ++i) {
    const auto from = stored.weight.row(begin + i);
    std::copy(from.begin(), from.end(), part.weight.row(i).begin());
  }
  part.bias.assign(stored.bias.begin() + static_cast<std::ptrdiff_t>(begin),
                   stored.bias.begin() + static_cast<std::ptrdiff_t>(begin + count));
  return part;
}

base::Status check_width(const StoredLinear& layer, std::size_t inputs) {
  if (layer.weight.columns() != inputs) {
    return base::fail(base::Code::kDataLoss,
                      "heads: a layer reads {} values of {}",
                      layer.weight.columns(),
                      inputs);
  }
  return {};
}

}  // namespace

base::Result<StackedHeads> StackedHeads::load(const ml::TensorMap& weights, std::size_t columns) {
  const StoredLinear first = TRY(load_stacked(weights, "0", columns));
  const std::size_t hidden = first.weight.rows() / columns;
  StackedHeads heads(TRY(first.pack()), first.weight.columns(), hidden);
  const bool deep = weights.has("heads.2.weight");
  if (deep) {
    const StoredLinear middle = TRY(load_stacked(weights, "1", columns));
    TRY(check_width(middle, hidden));
    for (std::size_t column = 0; column < columns; ++column) {
      heads.middle_.push_back(TRY(rows_of(middle, column * hidden, hidden).pack()));
    }
  }
  StoredLinear last = TRY(load_stacked(weights, deep ? "2" : "1", columns));
  TRY(check_width(last, hidden));
  if (last.weight.rows() != columns) {
    return base::fail(base::Code::kDataLoss, "heads: the last layer gives more than one value");
  }
  heads.last_ = std::move(last.weight);
  heads.last_bias_ = std::move(last.bias);
  return heads;
}

std::vector<float> StackedHeads::apply(std::span<const float> x) const {
  const std::size_t columns = last_.rows();
  std::vector<float> all = apply_packed(first_, columns * hidden_, x);
  relu(all);
  std::vector<float> values(columns);
  for (std::size_t column = 0; column < columns; ++column) {
    const std::span<const float> first(all.data() + column * hidden_, hidden_);
    std::vector<float> hidden(first.begin(), first.end());
    if (!middle_.empty()) {
      hidden = apply_packed(middle_[column], hidden_, hidden);
      relu(hidden);
    }
    const float logit = dot(hidden, last_.row(column)) + last_bias_[column];
    values[column] = 1.0F / (1.0F + std::exp(-logit));
  }
  return values;
}

}  // namespace wend::routers
