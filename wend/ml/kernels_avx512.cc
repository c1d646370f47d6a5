// SPDX-License-Identifier: Apache-2.0
// Compiled for AVX-512 F, BW, DQ, VL: include nothing here that other files share.
#include <immintrin.h>

#include "wend/ml/kernels_simd.h"

namespace wend::ml {
namespace {

struct Avx512 {
  using Register = __m512;
  static constexpr std::size_t kWidth = 16;
  static constexpr std::size_t kPanel = 4;  // 6 x 4 sums, 4 columns and 1 row in 32 registers
  static constexpr float kHuge = 3.0e38F;

  static __mmask16 first(std::size_t n) {
    return n >= kWidth ? __mmask16{0xFFFF} : static_cast<__mmask16>((1U << n) - 1U);
  }

  static Register zero() { return _mm512_setzero_ps(); }

  static Register broadcast(float x) { return _mm512_set1_ps(x); }

  static Register load(const float* p) { return _mm512_loadu_ps(p); }

  static void store(float* p, Register x) { _mm512_storeu_ps(p, x); }

  static Register load_first(const float* p, std::size_t n) {
    return _mm512_maskz_loadu_ps(first(n), p);
  }

  static void store_first(float* p, Register x, std::size_t n) {
    _mm512_mask_storeu_ps(p, first(n), x);
  }

  static Register keep_first(Register x, std::size_t n) { return _mm512_maskz_mov_ps(first(n), x); }

  static Register add(Register a, Register b) { return _mm512_add_ps(a, b); }

  static Register sub(Register a, Register b) { return _mm512_sub_ps(a, b); }

  static Register mul(Register a, Register b) { return _mm512_mul_ps(a, b); }

  static Register multiply_add(Register a, Register b, Register c) {
    return _mm512_fmadd_ps(a, b, c);
  }

  static Register max(Register a, Register b) { return _mm512_max_ps(a, b); }

  static Register min(Register a, Register b) { return _mm512_min_ps(a, b); }

  static Register abs(Register x) { return _mm512_abs_ps(x); }

  static Register round(Register x) {
    return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  }

  static Register scale_by_power(Register x, Register n) { return _mm512_scalef_ps(x, n); }

  static float sum(Register x) { return _mm512_reduce_add_ps(x); }

  static float highest(Register x) { return _mm512_reduce_max_ps(x); }

  static float square_root(float x) { return _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(x))); }
};

}  // namespace

const Kernels kAvx512Kernels = {
    SimdKernels<Avx512>::layer_norm, SimdKernels<Avx512>::gelu_all, SimdKernels<Avx512>::attention};

}  // namespace wend::ml
