// SPDX-License-Identifier: Apache-2.0
// The vector kernels, written once over a register type V (V::Register of V::kWidth floats; see
// kernels_avx512.cc). V lives in an unnamed namespace of its file, so every instance here has
// internal linkage: an inline function that two files compiled for different processors shared
// would be merged by the linker into one that may not run. For the same reason nothing but
// <cstddef> is included.
//
// Attention packs K^T and V of a head into panels (V::kPanel registers wide, zero-padded) and takes
// six queries at a time: scores = Q K^T, softmax, scores V. Both products are one routine with its
// sums in registers. Softmax works in powers of two: log2(e) is folded into the scale of Q.
#pragma once

#include <cstddef>

#include "wend/ml/kernels.h"

namespace wend::ml {

template <class V>
struct SimdKernels {
  using Register = typename V::Register;
  static constexpr std::size_t kWidth = V::kWidth;
  static constexpr std::size_t kQueries = 6;

  static std::size_t round_up(std::size_t size) { return (size + kWidth - 1) / kWidth * kWidth; }

  // 2^y for y in [-126, 0.5]; below, 2^-126. A minimax polynomial of degree 6 on [-0.5, 0.5], 8e-8
  // relatively.
  static Register exp2(Register y) {
    y = V::max(y, V::broadcast(-126.0F));
    const Register whole = V::round(y);
    const Register f = V::sub(y, whole);
    Register p = V::broadcast(0.00015345811F);
    p = V::multiply_add(p, f, V::broadcast(0.0013399931F));
    p = V::multiply_add(p, f, V::broadcast(0.009618489F));
    p = V::multiply_add(p, f, V::broadcast(0.055503286F));
    p = V::multiply_add(p, f, V::broadcast(0.24022646F));
    p = V::multiply_add(p, f, V::broadcast(0.6931472F));
    p = V::multiply_add(p, f, V::broadcast(1.0F));
    return V::scale_by_power(p, whole);
  }

  // gelu(x) = max(x, 0) - |x|/2 erfc(|x|/sqrt 2), and erfc(u/sqrt 2) = 2^(-u q(u)) with a
  // polynomial q fitted on [0, 6] so that the largest error of gelu is smallest (9e-9 before
  // rounding). No branch, no division, and exact far out on both sides.
  static Register gelu(Register x) {
    const Register magnitude = V::abs(x);
    const Register u = V::min(magnitude, V::broadcast(6.0F));
    Register q = V::broadcast(1.9020580e-06F);
    q = V::multiply_add(q, u, V::broadcast(-2.8056835e-05F));
    q = V::multiply_add(q, u, V::broadcast(0.00013147264F));
    q = V::multiply_add(q, u, V::broadcast(0.00027207739F));
    q = V::multiply_add(q, u, V::broadcast(-0.0072454237F));
    q = V::multiply_add(q, u, V::broadcast(0.052627612F));
    q = V::multiply_add(q, u, V::broadcast(0.45916215F));
    q = V::multiply_add(q, u, V::broadcast(1.1511110F));
    const Register tail = exp2(V::sub(V::zero(), V::mul(q, u)));
    const Register half = V::mul(magnitude, V::broadcast(0.5F));
    return V::sub(V::max(x, V::zero()), V::mul(half, tail));
  }

  static void gelu_all(float* values, std::size_t count) {
    std::size_t i = 0;
    for (; i + kWidth <= count; i += kWidth) {
      V::store(values + i, gelu(V::load(values + i)));
    }
    if (i < count) {
      V::store_first(values + i, gelu(V::load_first(values + i, count - i)), count - i);
    }
  }

  // One row of x + residual into out, with its sum.
  static float add_row(const float* x, const float* residual, float* out, std::size_t columns) {
    Register sum = V::zero();
    for (std::size_t j = 0; j < columns; j += kWidth) {
      const std::size_t n = columns - j;
      Register y = V::load_first(x + j, n);
      if (residual != nullptr) {
        y = V::add(y, V::load_first(residual + j, n));
      }
      V::store_first(out + j, y, n);
      sum = V::add(sum, y);
    }
    return V::sum(sum);
  }

  static float squared_distance(const float* row, float mean, std::size_t columns) {
    Register sum = V::zero();
    for (std::size_t j = 0; j < columns; j += kWidth) {
      const std::size_t n = columns - j;
      const Register d = V::keep_first(V::sub(V::load_first(row + j, n), V::broadcast(mean)), n);
      sum = V::multiply_add(d, d, sum);
    }
    return V::sum(sum);
  }

  // x, residual, out (rows, columns); gamma, beta (columns)
  static void layer_norm(const LayerNormJob& job) {
    const auto count = static_cast<float>(job.columns);
    for (std::size_t i = 0; i < job.rows; ++i) {
      const std::size_t begin = i * job.columns;
      float* out = job.out + begin;
      const float* residual = job.residual == nullptr ? nullptr : job.residual + begin;
      const float mean = add_row(job.x + begin, residual, out, job.columns) / count;
      const float variance = squared_distance(out, mean, job.columns) / count;
      const float scale = 1.0F / V::square_root(variance + job.epsilon);
      for (std::size_t j = 0; j < job.columns; j += kWidth) {
        const std::size_t n = job.columns - j;
        const Register d = V::sub(V::load_first(out + j, n), V::broadcast(mean));
        const Register normal = V::mul(d, V::broadcast(scale));
        const Register y = V::multiply_add(
            normal, V::load_first(job.gamma + j, n), V::load_first(job.beta + j, n));
        V::store_first(out + j, y, n);
      }
    }
  }

  static std::size_t panel_width(std::size_t columns_left) {
    const std::size_t full = V::kPanel * kWidth;
    return columns_left < full ? round_up(columns_left) : full;
  }

  // matrix (depth, columns), rows stride apart -> panels of panel_width columns, each (depth,
  // width) without gaps; columns past the end are zero.
  static void pack_rows(const float* matrix,
                        std::size_t stride,
                        std::size_t depth,
                        std::size_t columns,
                        float* panels) {
    for (std::size_t j = 0; j < columns;) {
      const std::size_t width = panel_width(columns - j);
      for (std::size_t k = 0; k < depth; ++k, panels += width) {
        const float* row = matrix + k * stride;
        for (std::size_t c = 0; c < width; c += kWidth) {
          const std::size_t left = j + c < columns ? columns - j - c : 0;
          V::store(panels + c, V::load_first(row + j + c, left));
        }
      }
      j += width;
    }
  }

  // The same of a matrix (columns, depth) that is transposed on the way.
  static void pack_columns(const float* matrix,
                           std::size_t stride,
                           std::size_t depth,
                           std::size_t columns,
                           float* panels) {
    for (std::size_t j = 0; j < columns;) {
      const std::size_t width = panel_width(columns - j);
      for (std::size_t c = 0; c < width; ++c) {
        const float* column = matrix + (j + c) * stride;
        const bool real = j + c < columns;
        for (std::size_t k = 0; k < depth; ++k) {
          panels[k * width + c] = real ? column[k] : 0.0F;
        }
      }
      panels += depth * width;
      j += width;
    }
  }

  struct Product {
    const float* a;  // (rows, depth), rows a_stride apart
    std::size_t a_stride;
    const float* b;  // one panel
    std::size_t depth;
    float* out;
    std::size_t out_stride;
  };

  // out (Rows, Columns registers) = a b, every sum in a register and in the order of the depth.
  template <std::size_t Rows, std::size_t Columns>
  static void block(const Product& p) {
    Register sums[Rows][Columns];
    for (std::size_t r = 0; r < Rows; ++r) {
      for (std::size_t c = 0; c < Columns; ++c) {
        sums[r][c] = V::zero();
      }
    }
    const float* b = p.b;
    for (std::size_t k = 0; k < p.depth; ++k, b += Columns * kWidth) {
      Register columns[Columns];
      for (std::size_t c = 0; c < Columns; ++c) {
        columns[c] = V::load(b + c * kWidth);
      }
      for (std::size_t r = 0; r < Rows; ++r) {
        const Register a = V::broadcast(p.a[r * p.a_stride + k]);
        for (std::size_t c = 0; c < Columns; ++c) {
          sums[r][c] = V::multiply_add(a, columns[c], sums[r][c]);
        }
      }
    }
    for (std::size_t r = 0; r < Rows; ++r) {
      for (std::size_t c = 0; c < Columns; ++c) {
        V::store(p.out + r * p.out_stride + c * kWidth, sums[r][c]);
      }
    }
  }

  template <std::size_t Rows>
  static void block_of_columns(const Product& p, std::size_t registers) {
    switch (registers) {
      case 1:
        return block<Rows, 1>(p);
      case 2:
        return block<Rows, 2>(p);
      case 3:
        return block < Rows, V::kPanel < 3 ? 1 : 3 > (p);
      default:
        return block < Rows, V::kPanel < 4 ? 1 : 4 > (p);
    }
  }

  static void block_of_rows(const Product& p, std::size_t rows, std::size_t registers) {
    switch (rows) {
      case 1:
        return block_of_columns<1>(p, registers);
      case 2:
        return block_of_columns<2>(p, registers);
      case 3:
        return block_of_columns<3>(p, registers);
      case 4:
        return block_of_columns<4>(p, registers);
      case 5:
        return block_of_columns<5>(p, registers);
      default:
        return block_of_columns<kQueries>(p, registers);
    }
  }

  // out (rows, columns rounded up) = a (rows, depth) times a packed operand.
  static void multiply(Product p, std::size_t rows, std::size_t columns) {
    for (std::size_t j = 0; j < columns;) {
      const std::size_t width = panel_width(columns - j);
      block_of_rows(p, rows, width / kWidth);
      p.b += p.depth * width;
      p.out += width;
      j += width;
    }
  }

  // scores (length rounded up), the part past the end of no account: powers of two relative to the
  // highest. Returns their sum.
  static float exponentiate(float* scores, std::size_t length) {
    const std::size_t padded = round_up(length);
    for (std::size_t j = length; j < padded; ++j) {
      scores[j] = -V::kHuge;
    }
    Register highest = V::load(scores);
    for (std::size_t j = kWidth; j < padded; j += kWidth) {
      highest = V::max(highest, V::load(scores + j));
    }
    const Register top = V::broadcast(V::highest(highest));
    Register sum = V::zero();
    for (std::size_t j = 0; j < padded; j += kWidth) {
      // Padding adds 2^-126 to a sum of at least 1: nothing.
      const Register e = exp2(V::sub(V::load(scores + j), top));
      V::store(scores + j, e);
      sum = V::add(sum, e);
    }
    return V::sum(sum);
  }

  struct Scratch {
    float* keys;     // packed (head_dim, length)
    float* values;   // packed (length, head_dim)
    float* queries;  // (kQueries, head_dim), scaled
    float* scores;   // (kQueries, length)
    float* context;  // (kQueries, head_dim)
  };

  static Scratch divide(const AttentionJob& job) {
    const std::size_t keys = round_up(job.length);
    const std::size_t width = round_up(job.head_dim);
    Scratch s{};
    s.keys = job.scratch;
    s.values = s.keys + keys * width;
    s.queries = s.values + job.length * width;
    s.scores = s.queries + kQueries * width;
    s.context = s.scores + kQueries * keys;
    return s;
  }

  static void scale_queries(const AttentionJob& job,
                            const Scratch& s,
                            std::size_t begin,
                            std::size_t rows) {
    constexpr float kLog2E = 1.44269504F;
    const float scale = kLog2E / V::square_root(static_cast<float>(job.head_dim));
    for (std::size_t r = 0; r < rows; ++r) {
      const float* q = job.q + (begin + r) * job.input_stride;
      for (std::size_t k = 0; k < job.head_dim; ++k) {
        s.queries[r * job.head_dim + k] = q[k] * scale;
      }
    }
  }

  static void store_context(const AttentionJob& job,
                            std::size_t row,
                            const float* context,
                            float sum) {
    const Register inverse = V::broadcast(1.0F / sum);
    float* out = job.out + row * job.output_stride;
    for (std::size_t k = 0; k < job.head_dim; k += kWidth) {
      V::store_first(out + k, V::mul(V::load(context + k), inverse), job.head_dim - k);
    }
  }

  static void attend(const AttentionJob& job,
                     const Scratch& s,
                     std::size_t begin,
                     std::size_t rows) {
    const std::size_t keys = round_up(job.length);
    const std::size_t width = round_up(job.head_dim);
    scale_queries(job, s, begin, rows);
    multiply({s.queries, job.head_dim, s.keys, job.head_dim, s.scores, keys}, rows, job.length);
    float sums[kQueries];
    for (std::size_t r = 0; r < rows; ++r) {
      sums[r] = exponentiate(s.scores + r * keys, job.length);
    }
    multiply({s.scores, keys, s.values, job.length, s.context, width}, rows, job.head_dim);
    for (std::size_t r = 0; r < rows; ++r) {
      store_context(job, begin + r, s.context + r * width, sums[r]);
    }
  }

  // q, k, v, out (length, head_dim)
  static void attention(const AttentionJob& job) {
    const Scratch s = divide(job);
    pack_columns(job.k, job.input_stride, job.head_dim, job.length, s.keys);
    pack_rows(job.v, job.input_stride, job.length, job.head_dim, s.values);
    for (std::size_t i = 0; i < job.length; i += kQueries) {
      attend(job, s, i, job.length - i < kQueries ? job.length - i : kQueries);
    }
  }
};

}  // namespace wend::ml
