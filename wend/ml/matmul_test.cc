// SPDX-License-Identifier: Apache-2.0
#include "wend/ml/matmul.h"

#include <cmath>
#include <cstring>

#include <gtest/gtest.h>

#include "wend/base/matrix.h"
#include "wend/base/random.h"

namespace wend::ml {
namespace {

using base::Matrix;

Matrix random_matrix(std::size_t rows, std::size_t columns, std::uint64_t seed) {
  base::Random random(seed);
  Matrix matrix(rows, columns);
  for (float& value : matrix.values()) {
    value = static_cast<float>(random.normal());
  }
  return matrix;
}

struct Layer {
  Matrix weight;
  Matrix bias;

  Layer(std::size_t inputs, std::size_t outputs)
      : weight(random_matrix(outputs, inputs, 1)), bias(random_matrix(1, outputs, 2)) {}

  PackedLinear pack() const {
    return PackedLinear::pack({weight.values(), bias.values(), weight.columns(), weight.rows()})
        .value();
  }
};

// The first `rows` rows of x through the layer.
Matrix apply(const PackedLinear& packed, const Matrix& x, std::size_t rows, std::size_t outputs) {
  Matrix from(PackedLinear::padded_rows(rows), x.columns());
  std::copy_n(x.data(), rows * x.columns(), from.data());
  Matrix to(from.rows(), outputs);
  packed.apply(rows, from.data(), to.data());
  return to;
}

TEST(PackedLinear, IsTheProductWrittenOut) {
  for (const auto& [inputs, outputs] : {std::pair{1, 1}, {48, 100}, {100, 48}, {384, 33}}) {
    const Layer layer(static_cast<std::size_t>(inputs), static_cast<std::size_t>(outputs));
    const Matrix x = random_matrix(300, layer.weight.columns(), 3);
    const Matrix y = apply(layer.pack(), x, 300, layer.weight.rows());
    for (const std::size_t i : {0U, 1U, 127U, 128U, 299U}) {
      for (std::size_t j = 0; j < layer.weight.rows(); ++j) {
        double sum = layer.bias(0, j);
        for (std::size_t k = 0; k < x.columns(); ++k) {
          sum += double{x(i, k)} * double{layer.weight(j, k)};
        }
        EXPECT_NEAR(y(i, j), sum, 1e-4) << "row " << i << ", output " << j;
      }
    }
  }
}

// Bit for bit with oneDNN's AVX-512 kernels, and as it happens with its AVX2 kernels, because rows
// come in whole steps.
TEST(PackedLinear, GivesARowTheSameBitsWhateverLiesBesideIt) {
  for (const auto& [inputs, outputs] : {std::pair{384, 1152}, {1536, 384}, {48, 100}, {100, 48}}) {
    const Layer layer(static_cast<std::size_t>(inputs), static_cast<std::size_t>(outputs));
    const PackedLinear packed = layer.pack();
    const Matrix x = random_matrix(300, layer.weight.columns(), 3);
    const Matrix all = apply(packed, x, 300, layer.weight.rows());
    for (std::size_t rows = 1; rows <= 300; rows += rows < 140 ? 1 : 37) {
      const Matrix some = apply(packed, x, rows, layer.weight.rows());
      EXPECT_EQ(std::memcmp(some.data(), all.data(), rows * layer.weight.rows() * sizeof(float)), 0)
          << rows << " rows of " << inputs << " inputs";
    }
  }
}

}  // namespace
}  // namespace wend::ml
