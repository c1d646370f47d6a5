// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "wend/base/result.h"
#include "wend/routers/spec.h"
#include "wend/routers/trouter/options.h"

namespace wend::routers {

/// The metric router's options: trouter's, less those of the task types. Profiles as there.
struct MetricOptions {
  Profile profile = Profile::kWend;
  TrainingOptions training;

  static MetricOptions of(Profile profile);
  static base::Result<MetricOptions> parse(const RouterSpec& spec);
  static base::Result<MetricOptions> from_json(std::string_view json);
  std::string to_json();
  void fields(OptionFields& fields);
};

}  // namespace wend::routers
