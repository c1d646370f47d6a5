// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "wend/base/result.h"
#include "wend/core/decision.h"
#include "wend/core/model_card.h"
#include "wend/core/preference.h"
#include "wend/core/scores.h"

namespace wend::policy {

/// What one request asks of the choice.
struct Request {
  core::Preference preference;
  std::vector<std::string> allowed_models = {};  ///< Patterns with '*'; empty: all.
  std::optional<double> max_cost = {};           ///< Currency; on the predicted cost of the call.
  std::optional<std::size_t> pinned = {};        ///< A rule router's own choice.
  /// Per model, why it cannot take this request at all (context, tools, vision); empty texts, or an
  /// empty list, where it can. Looked at before anything else.
  std::vector<std::string> incapable = {};
};

/// Turns scores and a request into a decision. Immutable; `eval` replays the very objects that
/// `route` and `serve` run.
class Policy {
 public:
  virtual ~Policy() = default;

  /// Fails where nothing is left: the message says what removed each candidate.
  virtual base::Result<core::Decision> decide(const core::Scores& scores,
                                              std::span<const core::ModelCard> models,
                                              const Request& request) const = 0;
};

/// Filters first (allow-list, max_cost), then the highest utility; ties go to the lower predicted
/// cost, then the lower index (algorithms.md 1.4).
class HighestUtility final : public Policy {
 public:
  base::Result<core::Decision> decide(const core::Scores& scores,
                                      std::span<const core::ModelCard> models,
                                      const Request& request) const override;
};

}  // namespace wend::policy
