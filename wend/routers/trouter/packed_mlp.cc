// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/trouter/packed_mlp.h"

#include <algorithm>

#include "wend/base/check.h"

namespace wend::routers {

base::Result<StoredLinear> StoredLinear::load(const ml::TensorMap& weights,
                                              const std::string& name,
                                              std::int64_t outputs,
                                              std::int64_t inputs) {
  StoredLinear layer;
  layer.weight = TRY(weights.matrix(name + ".weight", outputs, inputs));
  layer.bias = TRY(weights.vector(name + ".bias", static_cast<std::int64_t>(layer.weight.rows())));
  return layer;
}

StoredLinear StoredLinear::columns(std::size_t begin, std::size_t count) const {
  StoredLinear part = {base::Matrix(weight.rows(), count), bias};
  for (std::size_t i = 0; i < weight.rows(); ++i) {
    const auto from = weight.row(i).subspan(begin, count);
    std::copy(from.begin(), from.end(), part.weight.row(i).begin());
  }
  return part;
}

StoredLinear StoredLinear::without_bias() const {
  return {weight, std::vector<float>(weight.rows(), 0.0F)};
}

base::Result<ml::PackedLinear> StoredLinear::pack() const {
  return ml::PackedLinear::pack({weight.values(), bias, weight.columns(), weight.rows()});
}

base::Result<PackedMlp> PackedMlp::load(const ml::TensorMap& weights,
                                        const std::string& prefix,
                                        std::size_t layers) {
  PackedMlp mlp;
  std::int64_t inputs = -1;
  for (std::size_t i = 0; i < layers; ++i) {
    const StoredLinear layer =
        TRY(StoredLinear::load(weights, prefix + "." + std::to_string(i), -1, inputs));
    if (i == 0) {
      mlp.widths_.push_back(layer.weight.columns());
    }
    mlp.widths_.push_back(layer.weight.rows());
    mlp.layers_.push_back(TRY(layer.pack()));
    inputs = static_cast<std::int64_t>(layer.weight.rows());
  }
  return mlp;
}

base::Matrix PackedMlp::apply(const base::Matrix& x) const {
  base::Matrix y = x;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    if (i > 0) {
      relu(y.values());
    }
    y = apply_packed(layers_[i], widths_[i + 1], y);
  }
  return y;
}

std::vector<float> PackedMlp::apply(std::span<const float> x) const {
  base::Matrix row(1, x.size());
  std::copy(x.begin(), x.end(), row.data());
  const base::Matrix y = apply(row);
  return {y.values().begin(), y.values().end()};
}

base::Matrix apply_packed(const ml::PackedLinear& layer,
                          std::size_t outputs,
                          const base::Matrix& x) {
  const std::size_t padded = ml::PackedLinear::padded_rows(x.rows());
  base::Matrix in(padded, x.columns());
  base::Matrix out(padded, outputs);
  std::copy(x.values().begin(), x.values().end(), in.data());
  layer.apply(x.rows(), in.data(), out.data());
  base::Matrix y(x.rows(), outputs);
  std::copy_n(out.data(), x.rows() * outputs, y.data());
  return y;
}

std::vector<float> apply_packed(const ml::PackedLinear& layer,
                                std::size_t outputs,
                                std::span<const float> x) {
  base::Matrix row(1, x.size());
  std::copy(x.begin(), x.end(), row.data());
  const base::Matrix y = apply_packed(layer, outputs, row);
  return {y.values().begin(), y.values().end()};
}

void relu(std::span<float> values) {
  for (float& value : values) {
    value = std::max(value, 0.0F);
  }
}

float dot(std::span<const float> a, std::span<const float> b) {
  DCHECK(a.size() == b.size(), "{} against {} values", a.size(), b.size());
  constexpr std::size_t kLanes = 16;
  float sums[kLanes] = {};
  std::size_t i = 0;
  for (; i + kLanes <= a.size(); i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      sums[lane] += a[i + lane] * b[i + lane];
    }
  }
  float total = 0;
  for (const float sum : sums) {
    total += sum;
  }
  for (; i < a.size(); ++i) {
    total += a[i] * b[i];
  }
  return total;
}

}  // namespace wend::routers
