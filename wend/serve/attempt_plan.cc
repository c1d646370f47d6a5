// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/attempt_plan.h"

#include <algorithm>
#include <utility>

#include "wend/base/check.h"

namespace wend::serve {

std::size_t AttemptPlan::times_asked(std::size_t model) const {
  return static_cast<std::size_t>(std::ranges::count(asked_, model));
}

std::optional<Attempt> AttemptPlan::next(const std::function<bool(std::size_t model)>& is_cooling) {
  CHECK(!order_.empty(), "an attempt plan without models");
  if (asked_.size() >= most_) {
    return std::nullopt;
  }
  const auto rank = [&](std::size_t model) {
    return std::pair(times_asked(model), is_cooling(model));
  };
  const std::size_t model = *std::ranges::min_element(order_, {}, rank);
  const std::size_t times = times_asked(model);
  asked_.push_back(model);
  if (times == 0) {
    return Attempt{model, std::chrono::milliseconds(0)};
  }
  const double longest = 100.0 * static_cast<double>(1U << std::min<std::size_t>(times - 1, 6));
  return Attempt{model,
                 std::chrono::milliseconds(
                     static_cast<std::int64_t>(longest * (0.5 + 0.5 * random_.uniform())))};
}

}  // namespace wend::serve
