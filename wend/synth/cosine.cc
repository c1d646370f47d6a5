// SPDX-License-Identifier: Apache-2.0
#include "wend/synth/cosine.h"

#include <array>
#include <cmath>

#include "wend/base/check.h"

namespace wend::synth {

float dot(std::span<const float> a, std::span<const float> b) {
  // Eight sums side by side, which compilers put into vector registers.
  constexpr std::size_t kLanes = 8;
  CHECK(a.size() == b.size(), "vectors of {} and {}", a.size(), b.size());
  std::array<float, kLanes> sums{};
  const std::size_t whole = a.size() - a.size() % kLanes;
  for (std::size_t i = 0; i < whole; i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      sums[lane] += a[i + lane] * b[i + lane];
    }
  }
  float sum = 0;
  for (const float lane : sums) {
    sum += lane;
  }
  for (std::size_t i = whole; i < a.size(); ++i) {
    sum += a[i] * b[i];
  }
  return sum;
}

void make_unit(std::span<float> vector) {
  const float norm = std::sqrt(dot(vector, vector));
  for (float& value : vector) {
    value = norm > 0 ? value / norm : 0;
  }
}

}  // namespace wend::synth
