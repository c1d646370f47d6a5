// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/answer.h"

#include <algorithm>
#include <cmath>

namespace wend::trips {

void Answer::add(const core::Outcome& outcome) {
  quality += static_cast<double>(*outcome.quality);
  draws += 1;
  cost += outcome.cost.value_or(0);
  priced += outcome.cost ? 1 : 0;
  latency += static_cast<double>(outcome.latency_s.value_or(0));
  timed += outcome.latency_s ? 1 : 0;
}

float Answer::value(routers::Metric metric,
                    const data::Normaliser& normaliser,
                    float latency_scale) const {
  switch (metric) {
    case routers::Metric::kQuality:
      return static_cast<float>(quality / draws);
    case routers::Metric::kCost:
      return priced > 0 ? static_cast<float>(normaliser.normalise_clamped(cost / priced))
                        : std::nanf("");
    case routers::Metric::kLatency:
      return timed > 0 ? std::min(static_cast<float>(latency / timed) / latency_scale, 1.0F)
                       : std::nanf("");
  }
  return std::nanf("");
}

}  // namespace wend::trips
