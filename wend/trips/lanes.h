// SPDX-License-Identifier: Apache-2.0
// The configuration's upstreams as those who make calls of our own need them.
#pragma once

#include <cstdint>
#include <string>

#include "wend/base/result.h"
#include "wend/llm/call_runner.h"
#include "wend/trips/config.h"

namespace wend::trips {

/// How patient the calls of a verb are.
struct CallPatience {
  double timeout_s = 120;  ///< For one attempt.
  std::int64_t attempts = 5;
};

/// The upstream's key; empty where it needs none. Fails where the environment does not hold it.
base::Result<std::string> upstream_key(const std::string& name, const UpstreamConfig& upstream);

base::Result<llm::Lane> lane_of(const std::string& name,
                                const UpstreamConfig& config,
                                const CallPatience& patience,
                                std::string api_key);

/// "0.42 USD".
std::string money(double spent, const std::string& currency);

}  // namespace wend::trips
