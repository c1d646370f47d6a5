// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "wend/base/matrix.h"

namespace wend::discover {

using ModelIndex = std::uint16_t;

/// One prompt's models by falling quality. Models of equal quality share a tie group, which takes
/// the places [first, last) counted from 0. Borrows from a Rankings.
struct RankingView {
  static constexpr ModelIndex kUnlisted = 0xFFFF;

  std::span<const ModelIndex> order;  ///< The listed models, best first, a group by rising index.
  std::span<const ModelIndex> first;  ///< Per model; kUnlisted for one that is not in the list.
  std::span<const ModelIndex> last;

  /// Ranks count from 1; those who tie share the mean of their places.
  double rank(std::size_t model) const { return (first[model] + last[model] + 1) / 2.0; }

  bool lists(std::size_t model) const { return first[model] != kUnlisted; }

  /// Whether one model stands before another; not so where all tie or fewer than two are listed.
  bool prefers() const { return !order.empty() && last[order.front()] < order.size(); }
};

/// The rankings R_i of the paper's section 3.1.1, of every prompt.
class Rankings {
 public:
  /// qualities (prompts, models), NaN where missing: such a model is not in that prompt's list.
  explicit Rankings(const base::Matrix& qualities);

  std::size_t size() const { return lengths_.size(); }

  std::size_t models() const { return models_; }

  RankingView operator[](std::size_t prompt) const;

 private:
  std::size_t models_;
  std::vector<ModelIndex> lengths_;  // per prompt
  std::vector<ModelIndex> order_;    // (prompts, models)
  std::vector<ModelIndex> first_;
  std::vector<ModelIndex> last_;
};

}  // namespace wend::discover
