// SPDX-License-Identifier: Apache-2.0
// A person's correction of what a router learnt: "small is better at arithmetic than it says".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "wend/base/result.h"

namespace wend::core {

enum class OverrideMetric { kQuality, kCost };
enum class OverrideMode { kSet, kAdd, kScale };

std::string_view override_metric_name(OverrideMetric metric);  ///< quality, cost.
std::string_view override_mode_name(OverrideMode mode);        ///< set, add, scale.
base::Result<OverrideMetric> parse_override_metric(std::string_view name);
base::Result<OverrideMode> parse_override_mode(std::string_view name);

/// How a number is changed.
struct Change {
  OverrideMode mode = OverrideMode::kAdd;
  double value = 0;

  /// "+0.1", "-0.1", "=0.8" or "x1.2"; the error says so.
  static base::Result<Change> parse(std::string_view text);
  /// As parse reads it.
  std::string text() const;
  /// Clamped to [0, 1].
  float apply(float before) const;

  friend bool operator==(const Change&, const Change&) = default;
};

/// One change of one model's metric at one task type and all below it. Cost is on the router's
/// normalised scale.
struct Override {
  std::string node;  ///< Id of the task type.
  std::string model;
  OverrideMetric metric = OverrideMetric::kQuality;
  Change change;

  friend bool operator==(const Override&, const Override&) = default;
};

/// How far one override moved a model's score on one query.
struct OverrideEffect {
  std::size_t index = 0;  ///< Into Router::overrides().
  float moved = 0;
};

}  // namespace wend::core
