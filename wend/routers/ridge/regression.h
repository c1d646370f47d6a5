// SPDX-License-Identifier: Apache-2.0
// Linear regression of many columns on the same vectors, with an intercept that is not penalised:
//   minimise sum_i (y_i - w.x_i - b)^2 + lambda n |w|^2
// over the rows that have the cell. Columns with the same rows share one matrix: centred by the
// means over those rows, (Xc^T Xc + lambda n I) w = Xc^T yc and b = mean(y) - w.mean(x).
#pragma once

#include <cstddef>
#include <vector>

#include "wend/base/matrix.h"

namespace wend::routers {

/// Columns of y that have a value in the same rows, with their centred sums.
struct RegressionGroup {
  std::vector<std::size_t> columns;
  double rows = 0;
  std::vector<double> mean_x;                 ///< (dim)
  std::vector<double> mean_y;                 ///< One per column of the group.
  base::BasicMatrix<double> products;         ///< Xc^T Xc (dim, dim), the lower triangle.
  base::BasicMatrix<double> products_with_y;  ///< (columns of the group, dim): Xc^T yc.
};

/// x (n, dim), y (n, columns) with NaN in a missing cell -> the groups, in the order of their first
/// column. A column without any value is in none. Equal results on any number of threads.
std::vector<RegressionGroup> regression_groups(const base::Matrix& x,
                                               const base::Matrix& y,
                                               std::size_t threads);

/// y ~ x . weights + intercept; a column without any value has NaN throughout.
struct LinearMap {
  base::Matrix weights;          ///< (columns, dim)
  std::vector<float> intercept;  ///< (columns)

  /// One value.
  float predict(std::span<const float> x, std::size_t column) const;
};

/// Solves every group at one penalty, lambda > 0.
LinearMap solve_ridge(const std::vector<RegressionGroup>& groups,
                      std::size_t columns,
                      std::size_t dimension,
                      double lambda);

}  // namespace wend::routers
