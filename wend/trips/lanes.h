// SPDX-License-Identifier: Apache-2.0
// The configuration's upstreams as those who make calls of our own need them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "wend/base/result.h"
#include "wend/llm/asked_model.h"
#include "wend/llm/call_runner.h"
#include "wend/trips/config.h"

namespace wend::trips {

/// How patient the calls of a verb are.
struct CallPatience {
  double timeout_s = 120;  ///< For one attempt.
  std::int64_t attempts = 5;
};

/// Of labels, and of whoever scores or chooses them.
inline CallPatience patience_of(const LabelConfig& config) {
  return {config.timeout_s, config.attempts};
}

/// The model of that id, with an upstream to ask; `wanted_by` ("--judge") begins the sentence where
/// there is none.
base::Result<const ModelConfig*> find_asked_model(const Config& config,
                                                  const std::string& wanted_by,
                                                  const std::string& id);

/// Whether two entries lead to the same model, under whatever ids.
bool is_same_model(const ModelConfig& a, const ModelConfig& b);

/// The upstreams of the models that a run asks, each a lane, however many models it serves. Borrows
/// the configuration.
class LaneBook {
 public:
  LaneBook(const Config& config, CallPatience patience) : config_(config), patience_(patience) {}

  /// The model as it is asked. Needs one with an upstream.
  base::Result<llm::AskedModel> add(const ModelConfig& model);

  std::vector<llm::Lane> take_lanes() && { return std::move(lanes_); }

  /// The first upstream's whose key is not in the environment: no call can be made.
  const std::optional<base::Error>& missing_key() const { return missing_key_; }

 private:
  const Config& config_;
  CallPatience patience_;
  std::vector<llm::Lane> lanes_;
  std::map<std::string, std::size_t> index_;  ///< By the upstream's name.
  std::optional<base::Error> missing_key_;
};

/// Fails where a budget is to be kept with a model whose spending cannot be counted.
base::Status check_priced(const llm::AskedModel& model);

}  // namespace wend::trips
