// SPDX-License-Identifier: Apache-2.0
#include "wend/ml/tensor.h"

#include <algorithm>
#include <utility>

#include <fmt/ranges.h>

#include "wend/base/check.h"
#include "wend/base/suggest.h"

namespace wend::ml {
namespace {

std::size_t element_count(const std::vector<std::int64_t>& shape) {
  std::size_t count = 1;
  for (const std::int64_t size : shape) {
    CHECK(size >= 0, "a tensor of shape ({})", fmt::join(shape, ", "));
    count *= static_cast<std::size_t>(size);
  }
  return count;
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string text = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    text += i == 0 ? "" : ", ";
    text += shape[i] < 0 ? "any" : fmt::format("{}", shape[i]);
  }
  return text + ")";
}

bool fits(const std::vector<std::int64_t>& shape, const std::vector<std::int64_t>& expected) {
  return std::equal(
      shape.begin(),
      shape.end(),
      expected.begin(),
      expected.end(),
      [](std::int64_t size, std::int64_t wanted) { return wanted < 0 || size == wanted; });
}

}  // namespace

Tensor::Tensor(std::vector<std::int64_t> shape, std::vector<float> values)
    : shape_(std::move(shape)) {
  auto owned = std::make_shared<const std::vector<float>>(std::move(values));
  values_ = *owned;
  owner_ = std::move(owned);
  CHECK(values_.size() == element_count(shape_),
        "{} values for shape {}",
        values_.size(),
        shape_text(shape_));
}

Tensor::Tensor(std::vector<std::int64_t> shape,
               std::span<const float> values,
               std::shared_ptr<const void> owner)
    : shape_(std::move(shape)), values_(values), owner_(std::move(owner)) {
  CHECK(values_.size() == element_count(shape_),
        "{} values for shape {}",
        values_.size(),
        shape_text(shape_));
}

Tensor Tensor::from_matrix(const base::Matrix& matrix) {
  return Tensor(
      {static_cast<std::int64_t>(matrix.rows()), static_cast<std::int64_t>(matrix.columns())},
      std::vector<float>(matrix.values().begin(), matrix.values().end()));
}

Tensor Tensor::from_vector(std::span<const float> values) {
  return Tensor({static_cast<std::int64_t>(values.size())},
                std::vector<float>(values.begin(), values.end()));
}

base::Result<Tensor> TensorMap::get(std::string_view name,
                                    const std::vector<std::int64_t>& shape) const {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) {
    std::vector<std::string> names;
    for (const auto& [known, tensor] : tensors_) {
      names.push_back(known);
    }
    return base::fail(base::Code::kNotFound,
                      "tensor '{}' is missing; expected one of shape {}{}",
                      name,
                      shape_text(shape),
                      base::did_you_mean(name, names));
  }
  if (!fits(found->second.shape(), shape)) {
    return base::fail(base::Code::kInvalidArgument,
                      "tensor '{}' has shape {}; expected {}",
                      name,
                      shape_text(found->second.shape()),
                      shape_text(shape));
  }
  return found->second;
}

base::Result<base::Matrix> TensorMap::matrix(std::string_view name,
                                             std::int64_t rows,
                                             std::int64_t columns) const {
  const Tensor tensor = TRY(get(name, {rows, columns}));
  base::Matrix matrix(static_cast<std::size_t>(tensor.shape()[0]),
                      static_cast<std::size_t>(tensor.shape()[1]));
  std::copy(tensor.values().begin(), tensor.values().end(), matrix.values().begin());
  return matrix;
}

base::Result<std::vector<float>> TensorMap::vector(std::string_view name, std::int64_t size) const {
  const Tensor tensor = TRY(get(name, {size}));
  return std::vector<float>(tensor.values().begin(), tensor.values().end());
}

}  // namespace wend::ml
