// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/agreement.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "wend/base/check.h"

namespace wend::discover {
namespace {

using Pair = std::pair<std::int32_t, std::int32_t>;

/// What a labelling's groups sum to: of -p log p, and of pairs of items inside.
struct Sums {
  double entropy = 0;
  double pairs = 0;
};

/// Equal labels follow one another.
template <class Label>
Sums sums_of(const std::vector<Label>& sorted) {
  Sums sums;
  const double items = static_cast<double>(sorted.size());
  for (auto begin = sorted.begin(); begin != sorted.end();) {
    const auto end = std::upper_bound(begin, sorted.end(), *begin);
    const double count = static_cast<double>(end - begin);
    sums.entropy -= count / items * std::log(count / items);
    sums.pairs += count * (count - 1) / 2;
    begin = end;
  }
  return sums;
}

}  // namespace

Agreement agreement(std::span<const std::int32_t> a, std::span<const std::int32_t> b) {
  CHECK(a.size() == b.size(), "labels of {} and of {} items", a.size(), b.size());
  std::vector<Pair> both;
  std::vector<std::int32_t> of_a;
  std::vector<std::int32_t> of_b;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] >= 0 && b[i] >= 0) {
      both.emplace_back(a[i], b[i]);
      of_a.push_back(a[i]);
      of_b.push_back(b[i]);
    }
  }
  if (both.empty()) {
    constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
    return {kUnknown, kUnknown, 0};
  }
  std::sort(both.begin(), both.end());
  std::sort(of_a.begin(), of_a.end());
  std::sort(of_b.begin(), of_b.end());
  const Sums joint = sums_of(both);
  const Sums left = sums_of(of_a);
  const Sums right = sums_of(of_b);

  Agreement agreement{1, 1, both.size()};
  if (const double mean = (left.entropy + right.entropy) / 2; mean > 0) {
    agreement.nmi = std::clamp((left.entropy + right.entropy - joint.entropy) / mean, 0.0, 1.0);
  }
  const double items = static_cast<double>(both.size());
  const double all_pairs = items * (items - 1) / 2;
  const double expected = all_pairs > 0 ? left.pairs * right.pairs / all_pairs : 0;
  if (const double most = (left.pairs + right.pairs) / 2; most != expected) {
    agreement.ari = (joint.pairs - expected) / (most - expected);
  }
  return agreement;
}

}  // namespace wend::discover
