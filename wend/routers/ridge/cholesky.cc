// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/ridge/cholesky.h"

#include <cmath>

#include "wend/base/check.h"

namespace wend::routers {

std::optional<Cholesky> Cholesky::factor(base::BasicMatrix<double> a) {
  CHECK(a.rows() == a.columns(), "a matrix of {} by {}", a.rows(), a.columns());
  for (std::size_t i = 0; i < a.rows(); ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = a(i, j);
      for (std::size_t k = 0; k < j; ++k) {
        sum -= a(i, k) * a(j, k);
      }
      if (i != j) {
        a(i, j) = sum / a(j, j);
      } else if (sum > 0) {
        a(i, i) = std::sqrt(sum);
      } else {
        return std::nullopt;
      }
    }
  }
  return Cholesky(std::move(a));
}

void Cholesky::solve(std::span<double> b) const {
  const std::size_t n = lower_.rows();
  CHECK(b.size() == n, "{} right-hand sides for {}", b.size(), n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      b[i] -= lower_(i, k) * b[k];
    }
    b[i] /= lower_(i, i);
  }
  for (std::size_t i = n; i-- > 0;) {
    b[i] /= lower_(i, i);
    for (std::size_t k = 0; k < i; ++k) {
      b[k] -= lower_(i, k) * b[i];
    }
  }
}

}  // namespace wend::routers
