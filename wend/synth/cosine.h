// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

namespace wend::synth {

/// The sum of products, added in one order on every machine. Needs equal lengths.
float dot(std::span<const float> a, std::span<const float> b);

/// Scales a vector to length one; one of zeros stays.
void make_unit(std::span<float> vector);

}  // namespace wend::synth
