// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

namespace wend::base {

/// Two ends of a range, low <= high; both NaN where nothing could be computed.
struct Interval {
  double low = 0;
  double high = 0;

  friend bool operator==(const Interval&, const Interval&) = default;
};

/// Arithmetic mean; NaN of nothing.
double mean(std::span<const double> values);

/// Sample variance, divided by n - 1; 0 of one value, NaN of nothing.
double variance(std::span<const double> values);

/// The value at `fraction` in [0, 1] of the sorted values, linear between neighbours (numpy's
/// default); NaN of nothing. Needs values without NaN.
double percentile(std::vector<double> values, double fraction);

double median(std::vector<double> values);

/// The middle `coverage` of the values: percentiles (1 - coverage) / 2 and (1 + coverage) / 2. NaN
/// values are left out.
Interval percentile_interval(std::vector<double> values, double coverage);

/// Spearman's rank correlation of two columns, equal values sharing the mean of their ranks; NaN of
/// fewer than two rows, and where a column is all the same. Needs columns of one length, without
/// NaN.
double spearman(std::span<const double> a, std::span<const double> b);

}  // namespace wend::base
