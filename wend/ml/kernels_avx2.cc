// SPDX-License-Identifier: Apache-2.0
// Compiled for AVX2 and FMA: include nothing here that other files share.
#include <immintrin.h>

#include "wend/ml/kernels_simd.h"

namespace wend::ml {
namespace {

struct Avx2 {
  using Register = __m256;
  static constexpr std::size_t kWidth = 8;
  static constexpr std::size_t kPanel = 2;  // 6 x 2 sums, 2 columns and 1 row in 16 registers
  static constexpr float kHuge = 3.0e38F;

  static __m256i first(std::size_t n) {
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    const int count = n >= kWidth ? static_cast<int>(kWidth) : static_cast<int>(n);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), lanes);
  }

  static Register zero() { return _mm256_setzero_ps(); }

  static Register broadcast(float x) { return _mm256_set1_ps(x); }

  static Register load(const float* p) { return _mm256_loadu_ps(p); }

  static void store(float* p, Register x) { _mm256_storeu_ps(p, x); }

  static Register load_first(const float* p, std::size_t n) {
    return _mm256_maskload_ps(p, first(n));
  }

  static void store_first(float* p, Register x, std::size_t n) {
    _mm256_maskstore_ps(p, first(n), x);
  }

  static Register keep_first(Register x, std::size_t n) {
    return _mm256_and_ps(x, _mm256_castsi256_ps(first(n)));
  }

  static Register add(Register a, Register b) { return _mm256_add_ps(a, b); }

  static Register sub(Register a, Register b) { return _mm256_sub_ps(a, b); }

  static Register mul(Register a, Register b) { return _mm256_mul_ps(a, b); }

  static Register multiply_add(Register a, Register b, Register c) {
    return _mm256_fmadd_ps(a, b, c);
  }

  static Register max(Register a, Register b) { return _mm256_max_ps(a, b); }

  static Register min(Register a, Register b) { return _mm256_min_ps(a, b); }

  static Register abs(Register x) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0F), x); }

  static Register round(Register x) {
    return _mm256_round_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  }

  // n whole, in [-126, 127]: added to the exponent.
  static Register scale_by_power(Register x, Register n) {
    const __m256i exponent = _mm256_slli_epi32(_mm256_cvtps_epi32(n), 23);
    return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(x), exponent));
  }

  static float sum(Register x) {
    __m128 s = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    s = _mm_add_ps(s, _mm_movehl_ps(s, s));
    return _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)));
  }

  static float highest(Register x) {
    __m128 s = _mm_max_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    s = _mm_max_ps(s, _mm_movehl_ps(s, s));
    return _mm_cvtss_f32(_mm_max_ss(s, _mm_movehdup_ps(s)));
  }

  static float square_root(float x) { return _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(x))); }
};

}  // namespace

const Kernels kAvx2Kernels = {
    SimdKernels<Avx2>::layer_norm, SimdKernels<Avx2>::gelu_all, SimdKernels<Avx2>::attention};

}  // namespace wend::ml
