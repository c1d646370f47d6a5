// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "wend/base/progress.h"

namespace wend::trips {

/// Puts "[7 of 60, about 4 min left] " before every stage of a long run of many trainings, so that
/// the person who waits sees the whole and not only the part.
class RunProgress final : public base::Progress {
 public:
  /// shown may be null; it is borrowed.
  RunProgress(base::Progress* shown, std::size_t parts) : shown_(shown), parts_(parts) {}

  /// The part that begins now.
  void next_part() {
    ++part_;
    begun_ = part_ == 1 ? Clock::now() : begun_;
  }

  void start(std::string stage, std::size_t total) override;
  void advance(std::size_t steps) override;
  void finish() override;

 private:
  using Clock = std::chrono::steady_clock;

  base::Progress* shown_;
  std::size_t parts_;
  std::size_t part_ = 0;
  Clock::time_point begun_;
};

}  // namespace wend::trips
