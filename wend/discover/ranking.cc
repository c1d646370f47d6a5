// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/ranking.h"

#include <algorithm>
#include <cmath>

#include "wend/base/check.h"

namespace wend::discover {
namespace {

/// The models whose quality is known, best first, equals by rising index; returns how many.
std::size_t sort_models(std::span<const float> quality, std::span<ModelIndex> order) {
  std::size_t listed = 0;
  for (std::size_t model = 0; model < quality.size(); ++model) {
    if (!std::isnan(quality[model])) {
      order[listed++] = static_cast<ModelIndex>(model);
    }
  }
  const auto begin = order.begin();
  std::sort(begin, begin + static_cast<std::ptrdiff_t>(listed), [&](ModelIndex a, ModelIndex b) {
    return quality[a] != quality[b] ? quality[a] > quality[b] : a < b;
  });
  return listed;
}

}  // namespace

Rankings::Rankings(const base::Matrix& qualities)
    : models_(qualities.columns()),
      lengths_(qualities.rows()),
      order_(qualities.rows() * models_),
      first_(order_.size(), RankingView::kUnlisted),
      last_(order_.size(), RankingView::kUnlisted) {
  CHECK(models_ < RankingView::kUnlisted, "{} models are too many to rank", models_);
  for (std::size_t prompt = 0; prompt < size(); ++prompt) {
    const std::span<const float> quality = qualities.row(prompt);
    const std::size_t at = prompt * models_;
    const std::span order = std::span(order_).subspan(at, models_);
    const std::size_t listed = sort_models(quality, order);
    lengths_[prompt] = static_cast<ModelIndex>(listed);
    for (std::size_t begin = 0; begin < listed;) {
      std::size_t end = begin + 1;
      while (end < listed && quality[order[end]] == quality[order[begin]]) {
        ++end;
      }
      for (std::size_t place = begin; place < end; ++place) {
        first_[at + order[place]] = static_cast<ModelIndex>(begin);
        last_[at + order[place]] = static_cast<ModelIndex>(end);
      }
      begin = end;
    }
  }
}

RankingView Rankings::operator[](std::size_t prompt) const {
  const std::size_t at = prompt * models_;
  return {std::span(order_).subspan(at, lengths_[prompt]),
          std::span(first_).subspan(at, models_),
          std::span(last_).subspan(at, models_)};
}

}  // namespace wend::discover
