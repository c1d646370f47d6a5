// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/synth_writer.h"

#include <utility>

#include "wend/trips/lanes.h"

namespace wend::trips {

using base::Result;

Result<SynthWriter> synth_writer(const std::string& model, const Config& config) {
  const ModelConfig* const found = TRY(find_asked_model(config, "model", model));
  LaneBook lanes(config, {config.synth.timeout_s, config.synth.attempts});
  SynthWriter writer;
  static_cast<llm::AskedModel&>(writer.generator) = TRY(lanes.add(*found));
  writer.generator.parameters.max_tokens = config.synth.max_tokens;
  writer.generator.parameters.temperature = config.synth.temperature;
  writer.generator.parameters.extra_json = config.synth.parameters;
  writer.form =
      config.upstreams.at(found->upstream).json_schema ? synth::Form::kJson : synth::Form::kMarkers;
  writer.missing_key = lanes.missing_key();
  writer.lanes = std::move(lanes).take_lanes();
  return writer;
}

}  // namespace wend::trips
