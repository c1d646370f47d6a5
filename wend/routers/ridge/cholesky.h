// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>

#include "wend/base/matrix.h"

namespace wend::routers {

/// The factorisation A = L L^T of a symmetric positive definite matrix, in double.
class Cholesky {
 public:
  /// Reads the lower triangle of a (n, n) alone; nothing where it is not positive definite.
  static std::optional<Cholesky> factor(base::BasicMatrix<double> a);

  /// Solves A x = b in place; b (n).
  void solve(std::span<double> b) const;

 private:
  explicit Cholesky(base::BasicMatrix<double> lower) : lower_(std::move(lower)) {}

  base::BasicMatrix<double> lower_;  ///< Above the diagonal it holds nothing of meaning.
};

}  // namespace wend::routers
