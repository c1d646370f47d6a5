// SPDX-License-Identifier: Apache-2.0
#include "wend/synth/dedupe.h"

#include <algorithm>
#include <limits>

#include "wend/synth/cosine.h"

namespace wend::synth {

float KeptVectors::most_alike_to(std::span<const float> unit_vector) const {
  float most = -std::numeric_limits<float>::infinity();
  for (const std::vector<float>& kept : kept_) {
    most = std::max(most, dot(kept, unit_vector));
  }
  return most;
}

bool KeptVectors::keep(std::span<const float> vector) {
  std::vector<float> scaled(vector.begin(), vector.end());
  make_unit(scaled);
  if (most_alike_to(scaled) > most_alike_) {
    return false;
  }
  kept_.push_back(std::move(scaled));
  return true;
}

void KeptVectors::add(std::span<const float> vector) {
  kept_.emplace_back(vector.begin(), vector.end());
  make_unit(kept_.back());
}

}  // namespace wend::synth
