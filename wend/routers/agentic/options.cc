// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/agentic/options.h"

namespace wend::routers {

void PrototypeOptions::fields(OptionFields& fields) {
  fields.choice("ptq", ptq, kTaskBeliefNames);
  fields.choice("mode", mode, kForecastNames);
  fields.number("tau", tau, {1e-3, 10});
  fields.text("level", level);
}

base::Result<PrototypeOptions> PrototypeOptions::parse(const RouterSpec& spec) {
  PrototypeOptions options;
  TRY(read_spec_options(spec, [&](OptionFields& fields) { options.fields(fields); }));
  if (options.mode == Forecast::kWeighted) {
    if (spec.options.contains("ptq") && options.ptq == TaskBelief::kSoft) {
      return base::fail(base::Code::kInvalidArgument,
                        "router '{}': mode=weighted looks at the nearest task alone; expected "
                        "ptq=argmax or none",
                        spec.text);
    }
    options.ptq = TaskBelief::kArgmax;
  }
  return options;
}

base::Result<PrototypeOptions> PrototypeOptions::from_json(std::string_view json) {
  PrototypeOptions options;
  TRY(read_json_options(json, [&](OptionFields& fields) { options.fields(fields); }));
  return options;
}

std::string PrototypeOptions::to_json() {
  return options_json([this](OptionFields& visitor) { fields(visitor); });
}

}  // namespace wend::routers
