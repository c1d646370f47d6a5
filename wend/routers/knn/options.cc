// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/knn/options.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include <nlohmann/json.hpp>

#include "wend/routers/trouter/option_fields.h"

namespace wend::routers {
namespace {

using base::Code;
using nlohmann::json;
using nlohmann::ordered_json;

constexpr double kInfinite = std::numeric_limits<double>::infinity();

std::optional<double> temperature_of(std::string_view text) {
  if (text == "inf") {
    return kInfinite;
  }
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && value >= 1e-3 && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

}  // namespace

base::Result<KnnOptions> KnnOptions::parse(const RouterSpec& spec) {
  KnnOptions options;
  std::string temperature;
  TRY(read_spec_options(spec, [&](OptionFields& fields) {
    fields.count("k", options.k, {1, 1e6});
    fields.text("temperature", temperature);
  }));
  if (!temperature.empty()) {
    const auto value = temperature_of(temperature);
    if (!value) {
      return base::fail(Code::kInvalidArgument,
                        "router '{}': option 'temperature' is '{}'; expected a number of at least "
                        "0.001, or inf for equal weights",
                        spec.text,
                        temperature);
    }
    options.temperature = *value;
  }
  return options;
}

base::Result<KnnOptions> KnnOptions::from_json(std::string_view text) {
  const json config = json::parse(text, nullptr, false);
  KnnOptions options;
  if (config.is_object() && config.contains("k") && config["k"].is_number_unsigned()) {
    options.k = config["k"].get<std::size_t>();
  }
  if (config.is_object() && config.contains("temperature")) {
    const json& value = config["temperature"];
    options.temperature = value == "inf"      ? kInfinite
                          : value.is_number() ? value.get<double>()
                                              : 0.0;
  }
  if (options.k == 0 || !(options.temperature > 0)) {
    return base::fail(
        Code::kDataLoss,
        "manifest.json: config: expected 'k' of at least 1 and 'temperature', a number above 0 "
        "or \"inf\"");
  }
  return options;
}

std::string KnnOptions::to_json() const {
  ordered_json config;
  config["k"] = k;
  config["temperature"] = std::isinf(temperature) ? ordered_json("inf") : ordered_json(temperature);
  return config.dump();
}

}  // namespace wend::routers
