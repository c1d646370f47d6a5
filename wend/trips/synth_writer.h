// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "wend/base/result.h"
#include "wend/llm/call_runner.h"
#include "wend/synth/parse_reply.h"
#include "wend/synth/settings.h"
#include "wend/trips/config.h"

namespace wend::trips {

/// A model of the configuration as one that writes, or looks over what was written.
struct SynthWriter {
  synth::Generator generator;
  std::vector<llm::Lane> lanes;  ///< The one of its upstream.
  synth::Form form = synth::Form::kMarkers;
  std::optional<base::Error> missing_key;  ///< Where the environment lacks the upstream's key.
};

/// With the parameters of `synth`. Fails where the model or its upstream is not told.
base::Result<SynthWriter> synth_writer(const std::string& model, const Config& config);

}  // namespace wend::trips
