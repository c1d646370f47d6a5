// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/spending_progress.h"

#include <utility>

#include <fmt/format.h>

namespace wend::trips {

std::string spent_so_far(const llm::RunReport& report, const std::string& currency) {
  const bool waits = report.stopped != llm::StopReason::kNone && report.in_flight > 0;
  return fmt::format("{:.4g} {}", report.spent, currency) +
         (waits ? fmt::format(", stopping: {} calls are under way", report.in_flight)
                : std::string());
}

std::function<void(const llm::RunReport&)> spending_teller(base::Progress& progress,
                                                           std::string currency) {
  return [&progress, currency = std::move(currency), told = std::size_t{0}](
             const llm::RunReport& report) mutable {
    progress.note(spent_so_far(report, currency));
    const std::size_t ended = report.done + report.failed;
    progress.advance(ended - std::exchange(told, ended));
  };
}

}  // namespace wend::trips
