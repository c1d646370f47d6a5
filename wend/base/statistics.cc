// SPDX-License-Identifier: Apache-2.0
#include "wend/base/statistics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <utility>

#include "wend/base/check.h"

namespace wend::base {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Moves what belongs to place i of the sorted order there, smaller values before it, larger
/// behind.
double select(std::vector<double>& values, std::size_t i) {
  const auto place = values.begin() + static_cast<std::ptrdiff_t>(i);
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

double select_percentile(std::vector<double>& values, double fraction) {
  CHECK(fraction >= 0 && fraction <= 1, "percentile at fraction {}", fraction);
  if (values.empty()) {
    return kNaN;
  }
  const double place = fraction * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const double low = select(values, below);
  if (below + 1 == values.size()) {
    return low;
  }
  const double high =
      *std::min_element(values.begin() + static_cast<std::ptrdiff_t>(below) + 1, values.end());
  return low + (place - static_cast<double>(below)) * (high - low);
}

}  // namespace

double mean(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) {
    sum += value;
  }
  return values.empty() ? kNaN : sum / static_cast<double>(values.size());
}

double variance(std::span<const double> values) {
  const double centre = mean(values);
  double sum = 0;
  for (const double value : values) {
    sum += (value - centre) * (value - centre);
  }
  if (values.size() < 2) {
    return values.empty() ? kNaN : 0;
  }
  return sum / static_cast<double>(values.size() - 1);
}

double percentile(std::vector<double> values, double fraction) {
  return select_percentile(values, fraction);
}

double median(std::vector<double> values) {
  return select_percentile(values, 0.5);
}

Interval percentile_interval(std::vector<double> values, double coverage) {
  std::erase_if(values, [](double value) { return std::isnan(value); });
  return {select_percentile(values, (1 - coverage) / 2),
          select_percentile(values, (1 + coverage) / 2)};
}

namespace {

/// Ranks from 1; equal values get the mean of theirs.
std::vector<double> ranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
  std::vector<double> ranks(values.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && values[order[end]] == values[order[begin]]) {
      ++end;
    }
    for (std::size_t i = begin; i < end; ++i) {
      ranks[order[i]] = (static_cast<double>(begin + 1) + static_cast<double>(end)) / 2;
    }
    begin = end;
  }
  return ranks;
}

}  // namespace

double spearman(std::span<const double> a, std::span<const double> b) {
  CHECK(a.size() == b.size(), "columns of {} and {} rows", a.size(), b.size());
  const std::vector<double> ranks_a = ranks(a);
  const std::vector<double> ranks_b = ranks(b);
  const double middle = mean(ranks_a);
  double product = 0;
  double square_a = 0;
  double square_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    product += (ranks_a[i] - middle) * (ranks_b[i] - middle);
    square_a += (ranks_a[i] - middle) * (ranks_a[i] - middle);
    square_b += (ranks_b[i] - middle) * (ranks_b[i] - middle);
  }
  return square_a > 0 && square_b > 0 ? product / std::sqrt(square_a * square_b) : kNaN;
}

}  // namespace wend::base
