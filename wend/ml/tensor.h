// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/base/result.h"

namespace wend::ml {

/// A named array of floats: its own memory, or a view of a mapped file that it keeps alive.
class Tensor {
 public:
  Tensor() = default;
  /// Takes the values; their number must be the product of the shape.
  Tensor(std::vector<std::int64_t> shape, std::vector<float> values);
  /// A view of `values`, kept alive by `owner`.
  Tensor(std::vector<std::int64_t> shape,
         std::span<const float> values,
         std::shared_ptr<const void> owner);

  static Tensor from_matrix(const base::Matrix& matrix);
  static Tensor from_vector(std::span<const float> values);

  const std::vector<std::int64_t>& shape() const { return shape_; }

  std::span<const float> values() const { return values_; }

 private:
  std::vector<std::int64_t> shape_;
  std::span<const float> values_;
  std::shared_ptr<const void> owner_;
};

/// Tensors by name, in the order of their names: the content of one safetensors file.
class TensorMap {
 public:
  void put(std::string name, Tensor tensor) {
    tensors_.insert_or_assign(std::move(name), std::move(tensor));
  }

  bool has(std::string_view name) const { return tensors_.find(name) != tensors_.end(); }

  /// The tensor, checked against a shape in which -1 stands for any size; the error names the
  /// tensor, what it is and what was expected.
  base::Result<Tensor> get(std::string_view name, const std::vector<std::int64_t>& shape) const;
  base::Result<base::Matrix> matrix(std::string_view name,
                                    std::int64_t rows = -1,
                                    std::int64_t columns = -1) const;
  base::Result<std::vector<float>> vector(std::string_view name, std::int64_t size = -1) const;

  const std::map<std::string, Tensor, std::less<>>& all() const { return tensors_; }

 private:
  std::map<std::string, Tensor, std::less<>> tensors_;
};

}  // namespace wend::ml
