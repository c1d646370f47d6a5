// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/rank_overlap.h"

#include <algorithm>
#include <array>
#include <utility>

#include "wend/base/check.h"
#include "wend/base/random.h"
#include "wend/base/statistics.h"

namespace wend::discover {
namespace {

/// One list while the depth grows: models before `begin` have been passed, those in [begin, end)
/// are the group that the depth is in.
struct Cursor {
  const RankingView& list;
  std::size_t begin = 0;
  std::size_t end = 0;

  explicit Cursor(const RankingView& view) : list(view) {}

  bool is_past(ModelIndex model) const { return list.last[model] <= begin; }

  bool is_in_group(ModelIndex model) const {
    return list.first[model] == begin && list.last[model] == end;
  }

  /// The share of the group within the first `depth` places.
  double share(std::size_t depth) const {
    return begin == end ? 0 : static_cast<double>(depth - begin) / static_cast<double>(end - begin);
  }
};

/// How many models are where: X_d follows from four counts, which change only where a group ends,
/// so the whole walk looks at each model of each list twice.
class SharedCount {
 public:
  SharedCount(const RankingView& a, const RankingView& b) : a_(a), b_(b) {}

  /// Needs to be called with depth 1, 2, ... in turn.
  double at(std::size_t depth) {
    if (depth > a_.end) {
      enter_next_group(a_, b_, group_past_[0], group_past_[1]);
    }
    if (depth > b_.end) {
      enter_next_group(b_, a_, group_past_[1], group_past_[0]);
    }
    const double share_a = a_.share(depth);
    const double share_b = b_.share(depth);
    return both_past_ + share_a * group_past_[0] + share_b * group_past_[1] +
           share_a * share_b * both_in_group_;
  }

 private:
  /// own_past: models in the mover's group and past in the other list; other_past the reverse.
  void enter_next_group(Cursor& mover, const Cursor& other, double& own_past, double& other_past) {
    both_past_ += own_past;
    other_past += both_in_group_;
    own_past = 0;
    both_in_group_ = 0;
    mover.begin = mover.end;
    if (mover.begin < mover.list.order.size()) {
      mover.end = mover.list.last[mover.list.order[mover.begin]];
    }
    for (std::size_t place = mover.begin; place < mover.end; ++place) {
      const ModelIndex model = mover.list.order[place];
      own_past += other.is_past(model) ? 1 : 0;
      both_in_group_ += other.is_in_group(model) ? 1 : 0;
    }
  }

  Cursor a_;
  Cursor b_;
  double both_past_ = 0;
  double both_in_group_ = 0;
  std::array<double, 2> group_past_{};  // in a's group and past in b; in b's group and past in a
};

}  // namespace

RankOverlap::RankOverlap(std::size_t models, double p)
    : models_(models), power_(models + 1), weight_(models + 1), chance_(models + 1, models + 1) {
  CHECK(p > 0 && p < 1, "p of RBO is {}, expected a number between 0 and 1", p);
  power_[0] = 1;
  for (std::size_t d = 1; d <= models; ++d) {
    power_[d] = power_[d - 1] * p;
    weight_[d] = (1 - p) / p * power_[d] / static_cast<double>(d);
  }
  for (std::size_t a = 0; a <= models; ++a) {
    for (std::size_t b = 0; b <= a; ++b) {
      chance_(a, b) = chance_(b, a) = b == 0 ? 0 : chance_of(b, a);
    }
  }
  for (std::size_t a = 0; models > 0 && a <= models; ++a) {
    chance_(a, 0) = chance_(0, a) = chance_(models, models);
  }
}

/// Eq. 32 of the paper; shared[d - 1] is X_d, 0 < shorter <= longer.
double RankOverlap::of_shared(std::size_t shorter, std::size_t longer, const double* shared) const {
  double sum = 0;
  for (std::size_t d = 1; d <= longer; ++d) {
    sum += shared[d - 1] * weight_[d];
  }
  const double density = shared[shorter - 1] / static_cast<double>(shorter);
  for (std::size_t d = shorter + 1; d <= longer; ++d) {
    sum += density * static_cast<double>(d - shorter) * weight_[d];
  }
  const double beyond = (shared[longer - 1] - shared[shorter - 1]) / static_cast<double>(longer);
  return sum + (beyond + density) * power_[longer];
}

/// RBO is linear in X, so its expectation is the RBO of E X_d = min(d, a) min(d, b) / M.
double RankOverlap::chance_of(std::size_t shorter, std::size_t longer) const {
  std::vector<double> shared(longer);
  for (std::size_t d = 1; d <= longer; ++d) {
    shared[d - 1] = static_cast<double>(std::min(d, shorter)) * static_cast<double>(d) /
                    static_cast<double>(models_);
  }
  return of_shared(shorter, longer, shared.data());
}

double RankOverlap::operator()(const RankingView& a, const RankingView& b) const {
  DCHECK(a.first.size() == models_ && b.first.size() == models_, "rankings of other models");
  const std::size_t shorter = std::min(a.order.size(), b.order.size());
  const std::size_t longer = std::max(a.order.size(), b.order.size());
  if (shorter == 0) {
    return chance_(a.order.size(), b.order.size());
  }
  constexpr std::size_t kFewModels = 64;
  std::array<double, kFewModels> few;
  std::vector<double> many(longer > kFewModels ? longer : 0);
  double* const shared = many.empty() ? few.data() : many.data();
  SharedCount count(a, b);
  for (std::size_t d = 1; d <= longer; ++d) {
    shared[d - 1] = count.at(d);
  }
  return of_shared(shorter, longer, shared);
}

double RankOverlap::corrected(const RankingView& a, const RankingView& b) const {
  const double chance = chance_(a.order.size(), b.order.size());
  return chance < 1 ? ((*this)(a, b) - chance) / (1 - chance) : 0;
}

double random_pair_percentile(const RankOverlap& overlap,
                              const Rankings& rankings,
                              double fraction,
                              const RandomPairs& pairs) {
  std::vector<std::uint32_t> prompts;
  for (std::size_t prompt = 0; prompt < rankings.size(); ++prompt) {
    if (rankings[prompt].prefers()) {
      prompts.push_back(static_cast<std::uint32_t>(prompt));
    }
  }
  if (prompts.size() < 2) {
    return 0;
  }
  base::Random random(pairs.seed);
  std::vector<double> values(pairs.count);
  for (double& value : values) {
    const std::size_t a = random.below(prompts.size());
    const std::size_t b = (a + 1 + random.below(prompts.size() - 1)) % prompts.size();
    value = overlap.corrected(rankings[prompts[a]], rankings[prompts[b]]);
  }
  return base::percentile(std::move(values), fraction);
}

}  // namespace wend::discover
