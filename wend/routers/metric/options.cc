// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/metric/options.h"

namespace wend::routers {

MetricOptions MetricOptions::of(Profile profile) {
  MetricOptions options = {profile, TRouterOptions::of(profile).training};
  options.training.head_layers = 3;  // algorithms.md 7.4, whatever trouter's heads are.
  return options;
}

void MetricOptions::fields(OptionFields& fields) {
  fields.choice("profile", profile, kProfileNames);
  training.fields(fields);
}

base::Result<MetricOptions> MetricOptions::parse(const RouterSpec& spec) {
  MetricOptions first;
  TRY(read_spec_options(spec, [&](OptionFields& fields) { first.fields(fields); }));
  MetricOptions options = of(first.profile);
  TRY(read_spec_options(spec, [&](OptionFields& fields) { options.fields(fields); }));
  return options;
}

base::Result<MetricOptions> MetricOptions::from_json(std::string_view json) {
  MetricOptions options;
  TRY(read_json_options(json, [&](OptionFields& fields) { options.fields(fields); }));
  return options;
}

std::string MetricOptions::to_json() {
  return options_json([this](OptionFields& visitor) { fields(visitor); });
}

}  // namespace wend::routers
