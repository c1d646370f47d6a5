// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/override_list.h"

#include <string>

#include <nlohmann/json.hpp>

namespace wend::routers {
namespace {

using base::Code;
using nlohmann::json;

base::Result<std::string> text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string() || found->get<std::string>().empty()) {
    return base::fail(Code::kDataLoss, "expected a text '{}'", key);
  }
  return found->get<std::string>();
}

/// The same bounds as of a change that a person types.
base::Result<core::Change> change_of(const json& object) {
  core::Change change;
  const std::string mode = TRY(text_of(object, "mode"));
  change.mode = TRY(core::parse_override_mode(mode));
  const auto value = object.find("value");
  if (value == object.end() || !value->is_number()) {
    return base::fail(Code::kDataLoss, "expected a number 'value'");
  }
  change.value = value->get<double>();
  return core::Change::parse(change.text());
}

base::Result<core::Override> read_override(const json& object) {
  if (!object.is_object()) {
    return base::fail(Code::kDataLoss, "expected an object");
  }
  core::Override override;
  override.node = TRY(text_of(object, "node"));
  override.model = TRY(text_of(object, "model"));
  const std::string metric = TRY(text_of(object, "metric"));
  override.metric = TRY(core::parse_override_metric(metric));
  override.change = TRY(change_of(object));
  return override;
}

}  // namespace

base::Result<std::vector<core::Override>> read_overrides(const json& list) {
  if (!list.is_array()) {
    return base::fail(Code::kDataLoss, "expected 'overrides' to be a list");
  }
  std::vector<core::Override> overrides;
  for (const json& object : list) {
    auto read = read_override(object);
    if (!read) {
      return base::fail(
          Code::kDataLoss, "override {}: {}", overrides.size() + 1, read.error().message);
    }
    overrides.push_back(*std::move(read));
  }
  return overrides;
}

nlohmann::ordered_json override_json(const core::Override& override) {
  return {{"node", override.node},
          {"model", override.model},
          {"metric", core::override_metric_name(override.metric)},
          {"mode", core::override_mode_name(override.change.mode)},
          {"value", override.change.value}};
}

}  // namespace wend::routers
