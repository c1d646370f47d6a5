// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/ridge/cholesky.h"

#include <vector>

#include <gtest/gtest.h>

#include "wend/base/random.h"

namespace wend::routers {
namespace {

TEST(Cholesky, SolvesWhatWasMultiplied) {
  constexpr std::size_t kSize = 30;
  base::Random random(5);
  base::BasicMatrix<double> root(kSize, kSize);
  for (double& value : root.values()) {
    value = random.normal();
  }
  base::BasicMatrix<double> a(kSize, kSize);
  std::vector<double> x(kSize);
  for (double& value : x) {
    value = random.normal();
  }
  std::vector<double> b(kSize);
  for (std::size_t i = 0; i < kSize; ++i) {
    for (std::size_t j = 0; j < kSize; ++j) {
      for (std::size_t k = 0; k < kSize; ++k) {
        a(i, j) += root(i, k) * root(j, k);
      }
      b[i] += a(i, j) * x[j];
    }
  }
  const auto factor = Cholesky::factor(a);
  ASSERT_TRUE(factor);
  factor->solve(b);
  for (std::size_t i = 0; i < kSize; ++i) {
    EXPECT_NEAR(b[i], x[i], 1e-6);
  }
}

TEST(Cholesky, GivesNothingWhenTheMatrixIsNotPositiveDefinite) {
  base::BasicMatrix<double> a(2, 2, 1.0);  // Rank one.
  EXPECT_FALSE(Cholesky::factor(a));
  a(0, 0) = -1;
  EXPECT_FALSE(Cholesky::factor(a));
  EXPECT_TRUE(Cholesky::factor(base::BasicMatrix<double>(0, 0)));
}

}  // namespace
}  // namespace wend::routers
