// SPDX-License-Identifier: Apache-2.0
#include "wend/core/override.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace wend::core {
namespace {

using base::Code;

base::Error no_change(std::string_view text) {
  return {Code::kInvalidArgument,
          fmt::format("'{}': expected a change as +0.1, -0.1, =0.8 (of 0 to 1) or x1.2", text),
          {}};
}

/// What a value may be: a number is set within [0, 1], scaled by one that is not negative.
bool fits(const Change& change) {
  return std::isfinite(change.value) && (change.mode == OverrideMode::kAdd || change.value >= 0) &&
         (change.mode != OverrideMode::kSet || change.value <= 1);
}

}  // namespace

std::string_view override_metric_name(OverrideMetric metric) {
  return metric == OverrideMetric::kQuality ? "quality" : "cost";
}

std::string_view override_mode_name(OverrideMode mode) {
  switch (mode) {
    case OverrideMode::kSet:
      return "set";
    case OverrideMode::kAdd:
      return "add";
    case OverrideMode::kScale:
      return "scale";
  }
  return "";
}

base::Result<OverrideMetric> parse_override_metric(std::string_view name) {
  for (const OverrideMetric metric : {OverrideMetric::kQuality, OverrideMetric::kCost}) {
    if (name == override_metric_name(metric)) {
      return metric;
    }
  }
  return base::fail(Code::kInvalidArgument, "'{}': expected quality or cost", name);
}

base::Result<OverrideMode> parse_override_mode(std::string_view name) {
  for (const OverrideMode mode : {OverrideMode::kSet, OverrideMode::kAdd, OverrideMode::kScale}) {
    if (name == override_mode_name(mode)) {
      return mode;
    }
  }
  return base::fail(Code::kInvalidArgument, "'{}': expected set, add or scale", name);
}

base::Result<Change> Change::parse(std::string_view text) {
  Change change;
  const char sign = text.empty() ? '\0' : text.front();
  if (sign == '=' || sign == 'x') {
    change.mode = sign == '=' ? OverrideMode::kSet : OverrideMode::kScale;
  } else if (sign != '+' && sign != '-') {
    return tl::unexpected(no_change(text));
  }
  const std::string_view digits = text.substr(sign == '-' ? 0 : 1);
  const char* const end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, change.value);
  const bool signed_twice = sign != '-' && digits.starts_with('-');
  if (error != std::errc() || rest != end || signed_twice || !fits(change)) {
    return tl::unexpected(no_change(text));
  }
  return change;
}

std::string Change::text() const {
  switch (mode) {
    case OverrideMode::kSet:
      return fmt::format("={}", value);
    case OverrideMode::kAdd:
      return fmt::format("{:+}", value);
    case OverrideMode::kScale:
      return fmt::format("x{}", value);
  }
  return {};
}

float Change::apply(float before) const {
  const auto old = static_cast<double>(before);
  const double changed = mode == OverrideMode::kSet   ? value
                         : mode == OverrideMode::kAdd ? old + value
                                                      : old * value;
  return static_cast<float>(std::clamp(changed, 0.0, 1.0));
}

}  // namespace wend::core
