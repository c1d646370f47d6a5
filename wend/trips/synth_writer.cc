// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/synth_writer.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "wend/base/suggest.h"
#include "wend/trips/lanes.h"

namespace wend::trips {

using base::Code;
using base::fail;
using base::Result;

namespace {

Result<const ModelConfig*> find_model(const std::string& wanted, const Config& config) {
  std::vector<std::string> ids;
  ids.reserve(config.models.size());
  for (const ModelConfig& model : config.models) {
    ids.push_back(model.id);
  }
  const auto model = std::ranges::find(config.models, wanted, &ModelConfig::id);
  if (model == config.models.end()) {
    return fail(Code::kInvalidArgument,
                "unknown model '{}'{}; expected one of `models` in the configuration",
                wanted,
                base::did_you_mean(wanted, ids));
  }
  if (model->upstream.empty()) {
    return fail(Code::kInvalidArgument,
                "model '{}' has no upstream to ask; expected models: [{{id: {}, upstream: NAME}}]",
                wanted,
                wanted);
  }
  return &*model;
}

}  // namespace

Result<SynthWriter> synth_writer(const std::string& model, const Config& config) {
  const ModelConfig* const found = TRY(find_model(model, config));
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
