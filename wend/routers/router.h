// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "wend/core/model_card.h"
#include "wend/core/override.h"
#include "wend/core/preference.h"
#include "wend/core/query.h"
#include "wend/core/scores.h"

namespace wend::routers {

/// Says of every model of its pool how well it will answer a query and at what cost. Immutable and
/// safe from any thread; scores, never decides (wend/policy does).
class Router {
 public:
  virtual ~Router() = default;

  /// One entry per model in the order of models().
  virtual core::Scores score(const core::Query& query) const = 0;

  /// A rule that names a model outright instead of comparing scores (random, smallest, adaptive,
  /// oracle) overrides this; the policy then only checks whether the model may be used.
  virtual std::optional<std::size_t> pinned_model(const core::Query&, core::Preference) const {
    return std::nullopt;
  }

  virtual const std::vector<core::ModelCard>& models() const = 0;

  /// Names of the task types that Scores::tasks index; empty where the router has none.
  virtual const std::vector<core::TaskName>& tasks() const {
    static const std::vector<core::TaskName> kNone;
    return kNone;
  }

  /// The weight of every task type in the order of tasks(), summing to 1, where the router tells a
  /// query's task types by the query itself; empty where it does not.
  virtual std::vector<float> task_posterior(const core::Query&) const { return {}; }

  /// What people corrected of it, which Scores::overrides index.
  virtual const std::vector<core::Override>& overrides() const {
    static const std::vector<core::Override> kNone;
    return kNone;
  }
};

}  // namespace wend::routers
