// SPDX-License-Identifier: Apache-2.0
#include "wend/base/matrix.h"

#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

namespace wend::base {
namespace {

TEST(Matrix, StartsWithZeroesOrTheGivenFill) {
  const Matrix zeroes(2, 3);
  EXPECT_EQ(zeroes(1, 2), 0.0F);
  const BasicMatrix<double> missing(1, 1, std::numeric_limits<double>::quiet_NaN());
  EXPECT_NE(missing(0, 0), missing(0, 0));
}

TEST(Matrix, KeepsRowsOneAfterAnotherWithoutGaps) {
  Matrix matrix(3, 5);
  matrix(1, 0) = 7;
  matrix.row(2)[4] = 9;
  EXPECT_EQ(matrix.values()[5], 7.0F);
  EXPECT_EQ(matrix.values()[14], 9.0F);
  EXPECT_EQ(matrix.row(1).data(), matrix.data() + 5);
}

TEST(Matrix, LiesOnACacheLineWhateverItsSize) {
  for (std::size_t rows = 1; rows < 40; ++rows) {
    const Matrix matrix(rows, 3);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(matrix.data()) % 64, 0U) << rows;
  }
}

TEST(Matrix, KnowsAnEmptyOneWhicheverSideIsZero) {
  EXPECT_TRUE(Matrix().empty());
  EXPECT_TRUE(Matrix(0, 8).empty());
  EXPECT_TRUE(Matrix(8, 0).empty());
  EXPECT_TRUE(Matrix(8, 0).row(7).empty());
}

TEST(Matrix, ComparesShapeAsWellAsValues) {
  EXPECT_EQ(Matrix(2, 3), Matrix(2, 3));
  EXPECT_FALSE(Matrix(2, 3) == Matrix(3, 2));
}

TEST(Matrix, CopiesItsValues) {
  Matrix original(1, 2);
  Matrix copy = original;
  copy(0, 0) = 1;
  EXPECT_EQ(original(0, 0), 0.0F);
}

}  // namespace
}  // namespace wend::base
