// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "wend/base/result.h"
#include "wend/routers/spec.h"
#include "wend/routers/trouter/option_fields.h"

namespace wend::routers {

/// How sure the nearest task text makes: a softmax over all of them, or the nearest alone.
enum class TaskBelief { kSoft, kArgmax };
inline constexpr std::array<std::string_view, 2> kTaskBeliefNames = {"soft", "argmax"};

/// mean: the tasks' mean outcomes; weighted: those of the nearest task's examples, each weighted by
/// its nearness to the query.
enum class Forecast { kMean, kWeighted };
inline constexpr std::array<std::string_view, 2> kForecastNames = {"mean", "weighted"};

/// agentic_free: the prototype router of algorithms.md 2.8. The defaults are the authors' code's.
struct PrototypeOptions {
  TaskBelief ptq = TaskBelief::kSoft;
  Forecast mode = Forecast::kMean;
  double tau = 0.07;
  std::string level = "leaves";

  /// `weighted` looks at one task, so `ptq` is then argmax.
  static base::Result<PrototypeOptions> parse(const RouterSpec& spec);
  /// From an artifact's "config".
  static base::Result<PrototypeOptions> from_json(std::string_view json);
  std::string to_json();
  void fields(OptionFields& fields);
};

}  // namespace wend::routers
