// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/trouter/input.h"

#include <cmath>

namespace wend::routers {
namespace {

float factor(InputScale scale, float norm, std::size_t dimension) {
  switch (scale) {
    case InputScale::kUnit:
      return 1.0F;
    case InputScale::kRaw:
      return norm;
    case InputScale::kScaled:
      return std::sqrt(static_cast<float>(dimension));
  }
  return 1.0F;
}

}  // namespace

std::vector<float> network_input(const core::Query& query, InputScale scale) {
  std::vector<float> input(query.embedding.begin(), query.embedding.end());
  const float by = factor(scale, query.embedding_norm, input.size());
  for (float& value : input) {
    value *= by;
  }
  return input;
}

base::Matrix network_inputs(const data::Embeddings& embeddings, InputScale scale) {
  base::Matrix inputs = embeddings.unit;
  for (std::size_t i = 0; i < inputs.rows(); ++i) {
    const float by = factor(scale, embeddings.norms[i], inputs.columns());
    for (float& value : inputs.row(i)) {
      value *= by;
    }
  }
  return inputs;
}

}  // namespace wend::routers
