// SPDX-License-Identifier: Apache-2.0
// What a transformer layer does between its matrix products: LayerNorm, GELU and attention, in
// three forms of equal meaning (scalar, AVX2, AVX-512) that one table each names. Every sum runs in
// an order fixed by the shape of one row, so a row's result does not depend on the rows beside it.
// kernels_test.cc holds the three against each other.
#pragma once

#include <cstddef>

namespace wend::ml {

enum class Isa;  // ml/cpu.h; its other includes must not reach files compiled for one instruction
                 // set.

/// (rows, columns) matrices without gaps; out may be x or residual.
struct LayerNormJob {
  const float* x;
  const float* residual;  ///< Added to x before; null for none.
  const float* gamma;     ///< (columns)
  const float* beta;      ///< (columns)
  float* out;
  std::size_t rows;
  std::size_t columns;
  float epsilon;
};

/// One head of one sequence: out = softmax(q k^T / sqrt(head_dim)) v, all (length, head_dim) with
/// the given distance between rows.
struct AttentionJob {
  const float* q;
  const float* k;
  const float* v;
  float* out;
  float* scratch;  ///< attention_scratch(length, head_dim) floats on a border of 64 bytes.
  std::size_t input_stride;
  std::size_t output_stride;
  std::size_t length;
  std::size_t head_dim;
};

struct Kernels {
  /// out = (y - mean(y)) / sqrt(var(y) + epsilon) * gamma + beta, where y = x + residual.
  void (*layer_norm)(const LayerNormJob& job);
  /// In place, the exact form: x/2 (1 + erf(x / sqrt 2)), to 5e-7 absolutely for |x| <= 4.
  void (*gelu)(float* values, std::size_t count);
  void (*attention)(const AttentionJob& job);
};

/// The table of an instruction set that the processor has.
const Kernels& kernels_for(Isa isa);

/// Floats of scratch that attention needs with any of the tables.
std::size_t attention_scratch(std::size_t length, std::size_t head_dim);

extern const Kernels kScalarKernels;
extern const Kernels kAvx2Kernels;
extern const Kernels kAvx512Kernels;

}  // namespace wend::ml
