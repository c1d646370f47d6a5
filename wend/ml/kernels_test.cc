// SPDX-License-Identifier: Apache-2.0
#include "wend/ml/kernels.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "wend/base/matrix.h"
#include "wend/base/random.h"
#include "wend/ml/cpu.h"

namespace wend::ml {
namespace {

using base::Matrix;

std::vector<Isa> sets_of_this_processor() {
  std::vector<Isa> sets;
  for (const Isa isa : {Isa::kScalar, Isa::kAvx2, Isa::kAvx512}) {
    if (isa <= processor_isa()) {
      sets.push_back(isa);
    }
  }
  return sets;
}

Matrix random_matrix(std::size_t rows, std::size_t columns, double spread, std::uint64_t seed) {
  base::Random random(seed);
  Matrix matrix(rows, columns);
  for (float& value : matrix.values()) {
    value = static_cast<float>(spread * random.normal());
  }
  return matrix;
}

double largest_difference(const Matrix& a, const Matrix& b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.values().size(); ++i) {
    const double difference = std::abs(double{a.values()[i]} - double{b.values()[i]});
    largest = std::isnan(difference) ? INFINITY : std::max(largest, difference);
  }
  return largest;
}

Matrix layer_norm_with(Isa isa, std::size_t rows, std::size_t columns, const float* residual) {
  const Matrix x = random_matrix(rows, columns, 3, 1);
  const Matrix affine = random_matrix(2, columns, 1, 2);
  Matrix out(rows, columns);
  kernels_for(isa).layer_norm({.x = x.data(),
                               .residual = residual,
                               .gamma = affine.row(0).data(),
                               .beta = affine.row(1).data(),
                               .out = out.data(),
                               .rows = rows,
                               .columns = columns,
                               .epsilon = 1e-12F});
  return out;
}

TEST(LayerNorm, IsTheSameOnEveryInstructionSetAtOddSizes) {
  for (const std::size_t columns : {2U, 7U, 8U, 15U, 16U, 17U, 48U, 100U, 384U, 1031U}) {
    const Matrix residual = random_matrix(5, columns, 2, 3);
    const Matrix plain = layer_norm_with(Isa::kScalar, 5, columns, nullptr);
    const Matrix added = layer_norm_with(Isa::kScalar, 5, columns, residual.data());
    for (const Isa isa : sets_of_this_processor()) {
      EXPECT_LT(largest_difference(layer_norm_with(isa, 5, columns, nullptr), plain), 3e-6);
      EXPECT_LT(largest_difference(layer_norm_with(isa, 5, columns, residual.data()), added), 3e-6)
          << isa_name(isa) << ", " << columns << " columns";
    }
  }
}

TEST(LayerNorm, GivesZeroMeanAndUnitVariance) {
  const Matrix out = layer_norm_with(processor_isa(), 3, 384, nullptr);
  const Matrix affine = random_matrix(2, 384, 1, 2);
  for (std::size_t i = 0; i < 3; ++i) {
    double sum = 0;
    double squares = 0;
    for (std::size_t j = 0; j < 384; ++j) {
      const double normal = (double{out(i, j)} - affine(1, j)) / affine(0, j);
      sum += normal;
      squares += normal * normal;
    }
    EXPECT_NEAR(sum / 384, 0, 1e-4);
    EXPECT_NEAR(squares / 384, 1, 1e-4);
  }
}

double exact_gelu(double x) {
  return 0.5 * x * std::erfc(-x / std::sqrt(2.0));
}

TEST(Gelu, FollowsTheErrorFunctionOnEveryInstructionSet) {
  std::vector<float> inputs;
  for (double x = -12; x <= 12; x += 0.00037) {
    inputs.push_back(static_cast<float>(x));
  }
  for (const Isa isa : sets_of_this_processor()) {
    std::vector<float> values = inputs;
    kernels_for(isa).gelu(values.data(), values.size());
    double largest = 0;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const double error = std::abs(values[i] - exact_gelu(inputs[i]));
      largest = std::max(largest, error / std::max(1.0, std::abs(double{inputs[i]}) / 4));
    }
    EXPECT_LT(largest, 5e-7) << isa_name(isa);
    std::printf("gelu, %s: largest error %.2g\n", std::string(isa_name(isa)).c_str(), largest);
  }
}

TEST(Gelu, LeavesWhatLiesBehindItsArrayAlone) {
  for (const Isa isa : sets_of_this_processor()) {
    for (std::size_t count = 0; count < 40; ++count) {
      std::vector<float> values(count + 20, -1.0F);
      kernels_for(isa).gelu(values.data(), count);
      for (std::size_t i = 0; i < values.size(); ++i) {
        EXPECT_NEAR(values[i], i < count ? exact_gelu(-1) : -1.0, 1e-6);
      }
    }
  }
}

TEST(Gelu, TakesFarInputs) {
  for (const Isa isa : sets_of_this_processor()) {
    std::vector<float> values = {1e30F, -1e5F, 300.0F, -300.0F, 0.0F, -0.0F};
    kernels_for(isa).gelu(values.data(), values.size());
    EXPECT_FLOAT_EQ(values[0], 1e30F);
    EXPECT_NEAR(values[1], 0, 1e-3);
    EXPECT_FLOAT_EQ(values[2], 300.0F);
    EXPECT_NEAR(values[3], 0, 1e-6);
    EXPECT_EQ(values[4], 0.0F);
    EXPECT_EQ(values[5], 0.0F);
  }
}

// qkv (length, 3 head_dim) -> (length, head_dim), as the encoder lays them out.
Matrix attention_with(Isa isa, const Matrix& qkv, std::size_t head_dim) {
  const std::size_t length = qkv.rows();
  Matrix scratch(1, attention_scratch(length, head_dim), NAN);
  Matrix out(length, head_dim);
  kernels_for(isa).attention({.q = qkv.data(),
                              .k = qkv.data() + head_dim,
                              .v = qkv.data() + 2 * head_dim,
                              .out = out.data(),
                              .scratch = scratch.data(),
                              .input_stride = 3 * head_dim,
                              .output_stride = head_dim,
                              .length = length,
                              .head_dim = head_dim});
  return out;
}

TEST(Attention, IsTheSameOnEveryInstructionSetAtOddSizes) {
  for (const std::size_t head_dim : {1U, 5U, 8U, 12U, 16U, 32U, 40U, 64U, 100U}) {
    for (const std::size_t length : {1U, 2U, 5U, 6U, 7U, 15U, 16U, 17U, 63U, 64U, 65U, 130U}) {
      const Matrix qkv = random_matrix(length, 3 * head_dim, 1.5, length * 100 + head_dim);
      const Matrix scalar = attention_with(Isa::kScalar, qkv, head_dim);
      for (const Isa isa : sets_of_this_processor()) {
        EXPECT_LT(largest_difference(attention_with(isa, qkv, head_dim), scalar), 5e-6)
            << isa_name(isa) << ", length " << length << ", head of " << head_dim;
      }
    }
  }
}

TEST(Attention, PicksTheOneKeyThatOutshinesTheOthers) {
  Matrix qkv(40, 3 * 32, 0.0F);
  for (std::size_t i = 0; i < 40; ++i) {
    qkv(i, 0) = 100;
    qkv(i, 32) = i == 37 ? 100.0F : -100.0F;
    qkv(i, 64) = static_cast<float>(i);
  }
  for (const Isa isa : sets_of_this_processor()) {
    const Matrix out = attention_with(isa, qkv, 32);
    EXPECT_EQ(out(3, 0), 37.0F) << isa_name(isa);
    EXPECT_EQ(out(39, 1), 0.0F) << isa_name(isa);
  }
}

}  // namespace
}  // namespace wend::ml
