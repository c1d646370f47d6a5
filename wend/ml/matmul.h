// SPDX-License-Identifier: Apache-2.0
// The door to oneDNN: y = x W^T + b with W packed once for this processor.
//
// Rows are rounded up to a multiple of kRowStep and cut into blocks of at most kMaxRows, so that a
// handful of compiled kernels serve every size. It also makes a row's result independent of the
// rows beside it, bit for bit: the AVX-512 kernels sum in one order whatever the number of rows,
// those for AVX2 do so for whole steps only (matmul_test.cc).
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "wend/base/result.h"

namespace wend::ml {

/// A Linear layer as PyTorch stores it.
struct LinearView {
  std::span<const float> weight;  ///< (outputs, inputs), row-major.
  std::span<const float> bias;    ///< (outputs)
  std::size_t inputs = 0;
  std::size_t outputs = 0;
};

class PackedLinear {
 public:
  static constexpr std::size_t kRowStep = 8;
  static constexpr std::size_t kMaxRows = 128;

  /// Copies the weights in oneDNN's own order.
  static base::Result<PackedLinear> pack(const LinearView& layer);

  PackedLinear(PackedLinear&&) noexcept;
  PackedLinear& operator=(PackedLinear&&) noexcept;
  ~PackedLinear();

  /// x (rows, inputs) -> y (rows, outputs), on the calling thread alone; safe from any thread. Both
  /// have room for padded_rows(rows); what lies in the rows past the end is read and written, and
  /// of no account.
  void apply(std::size_t rows, const float* x, float* y) const;

  static std::size_t padded_rows(std::size_t rows) {
    return (rows + kRowStep - 1) / kRowStep * kRowStep;
  }

 private:
  struct Packed;
  explicit PackedLinear(std::unique_ptr<Packed> packed);
  std::unique_ptr<Packed> packed_;
};

}  // namespace wend::ml
