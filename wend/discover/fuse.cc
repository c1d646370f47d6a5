// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/fuse.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "wend/base/check.h"
#include "wend/base/statistics.h"

namespace wend::discover {
namespace {

std::vector<double> known_qualities(const base::Matrix& qualities,
                                    std::span<const std::uint32_t> members,
                                    std::size_t model) {
  std::vector<double> known;
  for (const std::uint32_t member : members) {
    if (const float quality = qualities(member, model); !std::isnan(quality)) {
      known.push_back(static_cast<double>(quality));
    }
  }
  return known;
}

/// Reorders the values.
float median_of(std::span<float> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) {
    return *middle;
  }
  return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

}  // namespace

FusedRanking fuse_rankings(const Rankings& rankings,
                           std::span<const std::uint32_t> members,
                           std::span<const double> quality_means,
                           double k) {
  FusedRanking fused;
  fused.score.resize(rankings.models());
  for (const std::uint32_t member : members) {
    const RankingView ranking = rankings[member];
    for (const ModelIndex model : ranking.order) {
      fused.score[model] += 1 / (k + ranking.rank(model));
    }
  }
  fused.order.resize(rankings.models());
  std::iota(fused.order.begin(), fused.order.end(), ModelIndex{0});
  const auto mean = [&](ModelIndex model) {
    const double known = quality_means[model];
    return std::isnan(known) ? -std::numeric_limits<double>::infinity() : known;
  };
  // Sums of the same terms in another order differ in their last bits and yet are ties.
  const double equal = 1e-12 * static_cast<double>(members.size());
  std::stable_sort(fused.order.begin(), fused.order.end(), [&](ModelIndex a, ModelIndex b) {
    return fused.score[a] > fused.score[b];
  });
  for (auto begin = fused.order.begin(); begin != fused.order.end();) {
    const auto end = std::find_if(begin, fused.order.end(), [&](ModelIndex model) {
      return fused.score[*begin] - fused.score[model] > equal;
    });
    std::sort(begin, end, [&](ModelIndex a, ModelIndex b) {
      return mean(a) != mean(b) ? mean(a) > mean(b) : a < b;
    });
    begin = end;
  }
  return fused;
}

std::vector<float> qualities_of(const FusedRanking& fused, std::span<const double> quality_means) {
  std::vector<float> qualities(fused.order.size(), std::numeric_limits<float>::quiet_NaN());
  float quality = 0;
  for (const ModelIndex model : fused.order) {
    if (!std::isnan(quality_means[model])) {
      qualities[model] = quality--;
    }
  }
  return qualities;
}

std::vector<double> mean_qualities(const base::Matrix& qualities,
                                   std::span<const std::uint32_t> members) {
  std::vector<double> means(qualities.columns());
  for (std::size_t model = 0; model < means.size(); ++model) {
    means[model] = base::mean(known_qualities(qualities, members, model));
  }
  return means;
}

std::vector<double> median_qualities(const base::Matrix& qualities,
                                     std::span<const std::uint32_t> members) {
  std::vector<double> medians(qualities.columns());
  for (std::size_t model = 0; model < medians.size(); ++model) {
    medians[model] = base::median(known_qualities(qualities, members, model));
  }
  return medians;
}

void median_row(const base::Matrix& rows,
                std::span<const std::uint32_t> members,
                std::span<float> median) {
  CHECK(!members.empty(), "the median of no row");
  constexpr std::size_t kColumns = 16;  // A cache line of each row at a time.
  std::vector<float> values(kColumns * members.size());
  for (std::size_t begin = 0; begin < rows.columns(); begin += kColumns) {
    const std::size_t count = std::min(kColumns, rows.columns() - begin);
    for (std::size_t i = 0; i < members.size(); ++i) {
      for (std::size_t j = 0; j < count; ++j) {
        values[j * members.size() + i] = rows(members[i], begin + j);
      }
    }
    for (std::size_t j = 0; j < count; ++j) {
      median[begin + j] = median_of(std::span(values).subspan(j * members.size(), members.size()));
    }
  }
}

}  // namespace wend::discover
