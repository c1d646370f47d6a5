// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/finerouter/mix.h"

#include <cmath>
#include <limits>

namespace wend::routers {
namespace {

std::vector<float> scaled(std::span<const float> values, ScoreMode mode) {
  return mode == ScoreMode::kPaper ? min_max(values)
                                   : std::vector<float>(values.begin(), values.end());
}

}  // namespace

std::vector<float> min_max(std::span<const float> values) {
  float least = std::numeric_limits<float>::infinity();
  float greatest = -least;
  for (const float value : values) {  // Comparisons with NaN are false.
    least = value < least ? value : least;
    greatest = value > greatest ? value : greatest;
  }
  std::vector<float> result(values.begin(), values.end());
  for (float& value : result) {
    if (!std::isnan(value)) {
      value = greatest > least ? (value - least) / (greatest - least) : 1.0F;
    }
  }
  return result;
}

std::vector<float> mix(std::span<const float> s1,
                       std::span<const float> s2,
                       ScoreMode mode,
                       double alpha) {
  if (s1.empty() || s2.empty()) {
    return scaled(s1.empty() ? s2 : s1, mode);
  }
  const std::vector<float> first = scaled(s1, mode);
  const std::vector<float> second = scaled(s2, mode);
  const auto weight = static_cast<float>(alpha);
  std::vector<float> result(first.size());
  for (std::size_t model = 0; model < result.size(); ++model) {
    result[model] = weight * second[model] + (1 - weight) * first[model];
  }
  return result;
}

}  // namespace wend::routers
