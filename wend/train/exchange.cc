// SPDX-License-Identifier: Apache-2.0
#include "wend/train/exchange.h"

#include <algorithm>

#include "wend/base/check.h"

namespace wend::train {
namespace {

std::vector<float> values_of(const at::Tensor& tensor) {
  const at::Tensor flat = tensor.detach().to(at::kFloat).contiguous();
  const float* data = flat.data_ptr<float>();
  return std::vector<float>(data, data + flat.numel());
}

}  // namespace

at::Tensor to_torch(const base::Matrix& matrix) {
  const auto rows = static_cast<std::int64_t>(matrix.rows());
  const auto columns = static_cast<std::int64_t>(matrix.columns());
  at::Tensor tensor = at::empty({rows, columns});
  std::copy(matrix.values().begin(), matrix.values().end(), tensor.data_ptr<float>());
  return tensor;
}

at::Tensor to_torch(const base::Matrix& matrix, std::span<const std::uint32_t> rows) {
  at::Tensor tensor = at::empty(
      {static_cast<std::int64_t>(rows.size()), static_cast<std::int64_t>(matrix.columns())});
  float* out = tensor.data_ptr<float>();
  for (const std::uint32_t row : rows) {
    out = std::copy(matrix.row(row).begin(), matrix.row(row).end(), out);
  }
  return tensor;
}

base::Matrix to_matrix(const at::Tensor& tensor) {
  CHECK(tensor.dim() == 2, "expected two dimensions, got {}", tensor.dim());
  base::Matrix matrix(static_cast<std::size_t>(tensor.size(0)),
                      static_cast<std::size_t>(tensor.size(1)));
  const std::vector<float> values = values_of(tensor);
  std::copy(values.begin(), values.end(), matrix.data());
  return matrix;
}

ml::Tensor to_artifact(const at::Tensor& tensor) {
  return ml::Tensor(std::vector<std::int64_t>(tensor.sizes().begin(), tensor.sizes().end()),
                    values_of(tensor));
}

at::Tensor uniform_parameter(std::vector<std::int64_t> shape, double bound, base::Random& random) {
  at::Tensor tensor = at::empty(shape);
  float* values = tensor.data_ptr<float>();
  for (std::int64_t i = 0; i < tensor.numel(); ++i) {
    values[i] = static_cast<float>((2.0 * random.uniform() - 1.0) * bound);
  }
  return tensor.requires_grad_(true);
}

std::vector<at::Tensor> copies(const std::vector<at::Tensor>& parameters) {
  std::vector<at::Tensor> result;
  result.reserve(parameters.size());
  for (const at::Tensor& parameter : parameters) {
    result.push_back(parameter.detach().clone());
  }
  return result;
}

void restore(const std::vector<at::Tensor>& parameters, const std::vector<at::Tensor>& values) {
  const at::NoGradGuard no_grad;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    parameters[i].copy_(values[i]);
  }
}

}  // namespace wend::train
