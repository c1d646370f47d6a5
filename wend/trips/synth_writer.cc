// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/synth_writer.h"

#include <utility>

#include "wend/trips/lanes.h"

namespace wend::trips {

using base::Code;
using base::fail;
using base::Result;

Result<SynthWriter> synth_writer(const std::string& model, const Config& config) {
  const ModelConfig* const found = TRY(find_asked_model(config, "model", model));
  const UpstreamConfig& upstream = config.upstreams.at(found->upstream);
  SynthWriter writer;
  writer.form = upstream.json_schema ? synth::Form::kJson : synth::Form::kMarkers;
  writer.generator.id = found->id;
  writer.generator.upstream_model =
      found->upstream_model.empty() ? found->id : found->upstream_model;
  writer.generator.parameters.max_tokens = config.synth.max_tokens;
  writer.generator.parameters.temperature = config.synth.temperature;
  writer.generator.parameters.extra_json = config.synth.parameters;
  writer.generator.extra_body = upstream.extra_body;
  writer.generator.prices = {found->price.input, found->price.cached_input, found->price.output};
  Result<std::string> key = upstream_key(found->upstream, upstream);
  if (!key) {
    writer.missing_key = key.error();
  }
  writer.lane = TRY(lane_of(found->upstream,
                            upstream,
                            {config.synth.timeout_s, config.synth.attempts},
                            std::move(key).value_or(std::string())));
  return writer;
}

base::Status check_priced(const synth::Generator& generator, const std::optional<double>& budget) {
  if (budget && !(generator.prices.input && generator.prices.output)) {
    return fail(Code::kInvalidArgument,
                "--budget: model '{}' has no price to count; expected price: {{input: X, output: "
                "Y}}",
                generator.id);
  }
  return {};
}

}  // namespace wend::trips
