// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/pace.h"

#include <algorithm>

#include "wend/base/check.h"

namespace wend::llm {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstGap{100};
constexpr milliseconds kLongestGap{30'000};
constexpr milliseconds kShortestGap{20};

}  // namespace

bool Pace::may_begin(net::Instant now) const {
  const bool has_room = static_cast<double>(under_way_) + 1 <= allowed_;
  return has_room && (gap_.count() == 0 || now >= last_begin_ + gap_);
}

void Pace::begin(net::Instant now) {
  ++under_way_;
  last_begin_ = now;
}

void Pace::end(net::Instant began, net::Instant now, bool refused) {
  CHECK(under_way_ > 0, "a call ends that has not begun");
  --under_way_;
  if (!refused) {
    // A round of as many calls as are allowed at once lets one more in.
    gap_ = gap_ > kShortestGap ? gap_ - gap_ / 8 : net::Instant::duration{};
    if (gap_.count() == 0) {
      allowed_ = std::min(most_, allowed_ + 1 / allowed_);
    }
    return;
  }
  if (began < last_cut_) {
    return;
  }
  last_cut_ = now;
  if (allowed_ < 2) {
    gap_ = std::clamp<net::Instant::duration>(gap_ * 2, kFirstGap, kLongestGap);
  }
  allowed_ = std::max(1.0, allowed_ / 2);
}

}  // namespace wend::llm
