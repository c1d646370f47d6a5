// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/run_progress.h"

#include <utility>

#include <fmt/format.h>

namespace wend::trips {
namespace {

std::string in_words(double seconds) {
  return seconds < 90 ? fmt::format("{:.0f} s", seconds) : fmt::format("{:.0f} min", seconds / 60);
}

}  // namespace

void RunProgress::start(std::string stage, std::size_t total) {
  if (shown_ == nullptr) {
    return;
  }
  std::string left;
  if (part_ > 1) {
    const double spent = std::chrono::duration<double>(Clock::now() - begun_).count();
    const double per_part = spent / static_cast<double>(part_ - 1);
    left = ", about " + in_words(per_part * static_cast<double>(parts_ - part_ + 1)) + " left";
  }
  shown_->start(fmt::format("[{} of {}{}] {}", part_, parts_, left, std::move(stage)), total);
}

void RunProgress::advance(std::size_t steps) {
  if (shown_ != nullptr) {
    shown_->advance(steps);
  }
}

void RunProgress::finish() {
  if (shown_ != nullptr) {
    shown_->finish();
  }
}

}  // namespace wend::trips
