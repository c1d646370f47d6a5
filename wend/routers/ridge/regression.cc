// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/ridge/regression.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "wend/base/check.h"
#include "wend/base/parallel.h"
#include "wend/ml/neighbours.h"
#include "wend/routers/ridge/cholesky.h"

namespace wend::routers {
namespace {

using Doubles = base::BasicMatrix<double>;

/// The rows in which a column has a value.
std::vector<std::uint32_t> rows_with_value(const base::Matrix& y, std::size_t column) {
  std::vector<std::uint32_t> rows;
  for (std::size_t row = 0; row < y.rows(); ++row) {
    if (!std::isnan(y(row, column))) {
      rows.push_back(static_cast<std::uint32_t>(row));
    }
  }
  return rows;
}

/// Of the chosen rows, each column minus its mean, transposed: (dim, rows), so that a product of
/// two columns is a walk along memory.
Doubles centred_columns(const base::Matrix& x,
                        const std::vector<std::uint32_t>& rows,
                        std::vector<double>& means) {
  Doubles columns(x.columns(), rows.size());
  means.assign(x.columns(), 0);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < x.columns(); ++j) {
      columns(j, i) = static_cast<double>(x(rows[i], j));
      means[j] += columns(j, i) / static_cast<double>(rows.size());
    }
  }
  for (std::size_t j = 0; j < x.columns(); ++j) {
    for (double& value : columns.row(j)) {
      value -= means[j];
    }
  }
  return columns;
}

/// Eight sums side by side, so that the compiler may keep them in registers; the order is fixed.
double product(std::span<const double> a, std::span<const double> b) {
  constexpr std::size_t kLanes = 8;
  double sums[kLanes] = {};
  std::size_t i = 0;
  for (; i + kLanes <= a.size(); i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      sums[lane] += a[i + lane] * b[i + lane];
    }
  }
  for (; i < a.size(); ++i) {
    sums[i % kLanes] += a[i] * b[i];
  }
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

RegressionGroup make_group(const base::Matrix& x,
                           const base::Matrix& y,
                           const std::vector<std::uint32_t>& rows,
                           std::vector<std::size_t> columns,
                           std::size_t threads) {
  RegressionGroup group;
  group.columns = std::move(columns);
  group.rows = static_cast<double>(rows.size());
  const Doubles xc = centred_columns(x, rows, group.mean_x);
  base::Matrix own(y.rows(), group.columns.size());
  for (std::size_t row = 0; row < y.rows(); ++row) {
    for (std::size_t i = 0; i < group.columns.size(); ++i) {
      own(row, i) = y(row, group.columns[i]);
    }
  }
  const Doubles yc = centred_columns(own, rows, group.mean_y);
  group.products = Doubles(x.columns(), x.columns());
  group.products_with_y = Doubles(group.columns.size(), x.columns());
  base::parallel_for(x.columns(), threads, [&](std::size_t j, std::size_t) {
    for (std::size_t k = 0; k <= j; ++k) {
      group.products(j, k) = product(xc.row(j), xc.row(k));
    }
    for (std::size_t i = 0; i < group.columns.size(); ++i) {
      group.products_with_y(i, j) = product(xc.row(j), yc.row(i));
    }
  });
  return group;
}

void solve_group(const RegressionGroup& group, double lambda, LinearMap& map) {
  Doubles penalised = group.products;
  for (std::size_t j = 0; j < penalised.rows(); ++j) {
    penalised(j, j) += lambda * group.rows;
  }
  const auto factor = Cholesky::factor(std::move(penalised));
  CHECK(factor, "X^T X with a penalty of {} must be positive definite", lambda);
  for (std::size_t i = 0; i < group.columns.size(); ++i) {
    std::vector<double> w(group.products_with_y.row(i).begin(), group.products_with_y.row(i).end());
    factor->solve(w);
    const std::size_t column = group.columns[i];
    double intercept = group.mean_y[i];
    for (std::size_t j = 0; j < w.size(); ++j) {
      intercept -= w[j] * group.mean_x[j];
      map.weights(column, j) = static_cast<float>(w[j]);
    }
    map.intercept[column] = static_cast<float>(intercept);
  }
}

}  // namespace

std::vector<RegressionGroup> regression_groups(const base::Matrix& x,
                                               const base::Matrix& y,
                                               std::size_t threads) {
  CHECK(x.rows() == y.rows(), "{} rows for {}", x.rows(), y.rows());
  std::map<std::vector<std::uint32_t>, std::vector<std::size_t>> columns_by_rows;
  for (std::size_t column = 0; column < y.columns(); ++column) {
    std::vector<std::uint32_t> rows = rows_with_value(y, column);
    if (!rows.empty()) {
      columns_by_rows[std::move(rows)].push_back(column);
    }
  }
  std::vector<RegressionGroup> groups;
  for (auto& [rows, columns] : columns_by_rows) {
    groups.push_back(make_group(x, y, rows, columns, threads));
  }
  std::sort(groups.begin(), groups.end(), [](const RegressionGroup& a, const RegressionGroup& b) {
    return a.columns.front() < b.columns.front();
  });
  return groups;
}

float LinearMap::predict(std::span<const float> x, std::size_t column) const {
  return intercept[column] + ml::inner_product(weights.row(column), x);
}

LinearMap solve_ridge(const std::vector<RegressionGroup>& groups,
                      std::size_t columns,
                      std::size_t dimension,
                      double lambda) {
  constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();
  LinearMap map{base::Matrix(columns, dimension, kUnknown), std::vector<float>(columns, kUnknown)};
  for (const RegressionGroup& group : groups) {
    solve_group(group, lambda, map);
  }
  return map;
}

}  // namespace wend::routers
