// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "wend/base/result.h"
#include "wend/label/judge.h"
#include "wend/trips/config.h"
#include "wend/trips/lanes.h"

namespace wend::trips {

enum class SelfJudging { kRefused, kForced };

/// A judge that can be asked, with the one lane it is asked on.
struct ReadyJudge {
  label::Judge judge;
  std::vector<llm::Lane> lanes;
  std::optional<base::Error> missing_key;  ///< Where its upstream's is not in the environment.
};

/// The judge of that id (empty: label.judge of the configuration), as `label.judge_*` and
/// prompts.judge say. One of the candidates judges only where it is forced to: models prefer their
/// own answers.
base::Result<ReadyJudge> prepare_judge(const Config& config,
                                       const std::string& id,
                                       const std::vector<const ModelConfig*>& candidates,
                                       SelfJudging self_judging);

}  // namespace wend::trips
