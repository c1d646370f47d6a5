// SPDX-License-Identifier: Apache-2.0
// How much an upstream is asked at once, learnt from its own 429s: halved where it says that it is
// too much, grown by little while it does not (additive increase, multiplicative decrease, as TCP
// does it). Where one call at a time is still too much, a gap between calls grows instead.
#pragma once

#include <cstddef>

#include "wend/net/wait.h"

namespace wend::llm {

class Pace {
 public:
  explicit Pace(std::size_t most) : most_(static_cast<double>(most)), allowed_(most_) {}

  /// Whether a call may begin now. One that does is told to begin(), and when it ends to end().
  bool may_begin(net::Instant now) const;

  void begin(net::Instant now);

  /// How the call that began then went. One cut answers all refusals of calls that had begun before
  /// it: they say one thing.
  void end(net::Instant began, net::Instant now, bool refused);

  /// Calls at once, at present; a whole number is what counts.
  double allowed() const { return allowed_; }

  net::Instant::duration gap() const { return gap_; }

 private:
  double most_;
  double allowed_;
  std::size_t under_way_ = 0;
  net::Instant::duration gap_{};
  net::Instant last_begin_{};
  net::Instant last_cut_{};
};

}  // namespace wend::llm
