// SPDX-License-Identifier: Apache-2.0
// The scorer's second layer, the only product that runs on all B*K pairs, in both directions.
#pragma once

#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include "wend/ml/matmul.h"
#include "wend/routers/trouter/train_losses.h"

namespace wend::routers {

/// Any type: by libtorch. Tests hold the gradient against finite differences in double.
template <class T>
class SecondLayer {
 public:
  explicit SecondLayer(const PairwiseTerms& terms) : w2_(terms.w2), b2_(terms.b2) {}

  /// Rows a buffer must have room for.
  static std::int64_t padded_rows(std::int64_t rows) { return rows; }

  /// y = x W2^T + b2, both (rows, hidden).
  void forward(const at::Tensor& x, std::int64_t rows, at::Tensor& y) const {
    at::Tensor out = y.narrow(0, 0, rows);
    at::addmm_out(out, b2_, x.narrow(0, 0, rows), w2_.t());
  }

  /// back = slope W2, both (rows, hidden).
  void backward(const at::Tensor& slope, std::int64_t rows, at::Tensor& back) const {
    at::Tensor out = back.narrow(0, 0, rows);
    at::mm_out(out, slope.narrow(0, 0, rows), w2_);
  }

 private:
  at::Tensor w2_;
  at::Tensor b2_;
};

/// float: by oneDNN, with W2 packed once for all tiles of a minibatch; BLAS packs it again for
/// each.
template <>
class SecondLayer<float> {
 public:
  explicit SecondLayer(const PairwiseTerms& terms)
      : forward_(pack(terms.w2, terms.b2)),
        backward_(pack(terms.w2.t().contiguous(), at::zeros_like(terms.b2))) {}

  static std::int64_t padded_rows(std::int64_t rows) {
    return static_cast<std::int64_t>(ml::PackedLinear::padded_rows(static_cast<std::size_t>(rows)));
  }

  void forward(const at::Tensor& x, std::int64_t rows, at::Tensor& y) const {
    forward_.apply(static_cast<std::size_t>(rows), x.data_ptr<float>(), y.data_ptr<float>());
  }

  void backward(const at::Tensor& slope, std::int64_t rows, at::Tensor& back) const {
    backward_.apply(
        static_cast<std::size_t>(rows), slope.data_ptr<float>(), back.data_ptr<float>());
  }

 private:
  static ml::PackedLinear pack(const at::Tensor& weight, const at::Tensor& bias) {
    const auto outputs = static_cast<std::size_t>(weight.size(0));
    const auto inputs = static_cast<std::size_t>(weight.size(1));
    auto packed = ml::PackedLinear::pack({{weight.data_ptr<float>(), outputs * inputs},
                                          {bias.data_ptr<float>(), outputs},
                                          inputs,
                                          outputs});
    if (!packed) {  // The loss is called from libtorch's autograd, which passes on exceptions
                    // alone.
      throw std::runtime_error(packed.error().message);
    }
    return std::move(*packed);
  }

  ml::PackedLinear forward_;
  ml::PackedLinear backward_;
};

}  // namespace wend::routers
