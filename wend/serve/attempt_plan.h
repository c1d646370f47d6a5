// SPDX-License-Identifier: Apache-2.0
// Which model is asked next while none has answered. Pure: no clock, no socket, its chance from a
// seed.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "wend/base/random.h"

namespace wend::serve {

struct Attempt {
  std::size_t model = 0;
  std::chrono::milliseconds wait{0};  ///< Before it: only where the same model is asked again.
};

/// Walks an order of models, best first. Each is asked once before any is asked twice; models whose
/// upstream cools down come after the others. Where one is asked again, it is given time: 100 ms,
/// doubled each time, half of it by chance.
class AttemptPlan {
 public:
  /// `order` is not empty; a single model is a request that names it, and is asked again itself.
  AttemptPlan(std::vector<std::size_t> order, std::size_t most_attempts, base::Random random)
      : order_(std::move(order)), most_(most_attempts), random_(random) {}

  /// Nothing once the attempts are used up. `is_cooling` tells of a model's upstream, now.
  std::optional<Attempt> next(const std::function<bool(std::size_t model)>& is_cooling);

  std::size_t made() const { return asked_.size(); }

 private:
  std::size_t times_asked(std::size_t model) const;

  std::vector<std::size_t> order_;
  std::size_t most_;
  base::Random random_;
  std::vector<std::size_t> asked_;
};

}  // namespace wend::serve
