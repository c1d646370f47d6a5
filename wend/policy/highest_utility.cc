// SPDX-License-Identifier: Apache-2.0
// Filter, then argmax of mu * quality - (1 - mu) * cost over what is left (algorithms.md 1.2,
// ties 1.4). A number that is not known is no zero: a model without a predicted quality or cost is
// not compared, and one without a predicted cost in currency does not pass a limit on it.
#include <cmath>
#include <string>

#include <fmt/format.h>

#include "wend/base/check.h"
#include "wend/policy/allow_list.h"
#include "wend/policy/fallback.h"
#include "wend/policy/policy.h"

namespace wend::policy {

namespace {

/// Why the request does not let this model be used; empty where it does.
std::string request_objection(const core::ModelScore& score,
                              const core::ModelCard& model,
                              const Request& request) {
  if (!is_allowed(request.allowed_models, model.id)) {
    return "not in the allowed models";
  }
  if (!request.max_cost) {
    return {};
  }
  if (!score.cost || !std::isfinite(*score.cost)) {
    return fmt::format("no predicted cost to hold against max_cost {}", *request.max_cost);
  }
  if (*score.cost > *request.max_cost) {
    return fmt::format(
        "predicted cost {:.4g} is above max_cost {}", *score.cost, *request.max_cost);
  }
  return {};
}

/// Why its score cannot be compared; empty where it can.
std::string score_objection(const core::ModelScore& score) {
  if (!std::isfinite(score.quality)) {
    return "no predicted quality";
  }
  return std::isfinite(score.cost_normalised) ? "" : "no predicted cost";
}

base::Error nothing_left(const core::Decision& decision, std::span<const core::ModelCard> models) {
  std::string message = "no model is left to choose:";
  const char* separator = " ";
  for (const core::Candidate& candidate : decision.candidates) {
    message += fmt::format("{}'{}': {}", separator, models[candidate.model].id, candidate.excluded);
    separator = "; ";
  }
  return {base::Code::kFailedPrecondition, message, {}};
}

/// Fills the candidates in; a rule's own model needs no score that compares.
void judge(core::Decision& decision,
           const core::Scores& scores,
           std::span<const core::ModelCard> models,
           const Request& request) {
  for (std::size_t i = 0; i < models.size(); ++i) {
    core::Candidate candidate{i, scores.models[i], 0, {}};
    candidate.utility =
        core::utility(request.preference, candidate.score.quality, candidate.score.cost_normalised);
    candidate.excluded = request.incapable.empty() ? std::string() : request.incapable[i];
    if (candidate.excluded.empty()) {
      candidate.excluded = request_objection(candidate.score, models[i], request);
    }
    if (candidate.excluded.empty() && request.pinned != i) {
      candidate.excluded = score_objection(candidate.score);
    }
    decision.candidates.push_back(std::move(candidate));
  }
}

}  // namespace

base::Result<core::Decision> HighestUtility::decide(const core::Scores& scores,
                                                    std::span<const core::ModelCard> models,
                                                    const Request& request) const {
  CHECK(scores.models.size() == models.size(),
        "{} scores for {} models",
        scores.models.size(),
        models.size());
  CHECK(request.incapable.empty() || request.incapable.size() == models.size(),
        "{} objections for {} models",
        request.incapable.size(),
        models.size());
  CHECK(!request.pinned || *request.pinned < models.size(), "pinned model {}", *request.pinned);
  core::Decision decision;
  decision.preference = request.preference;
  decision.candidates.reserve(models.size());
  judge(decision, scores, models, request);

  const core::Candidate* best = nullptr;
  std::size_t left = 0;
  for (const core::Candidate& candidate : decision.candidates) {
    if (candidate.excluded.empty()) {
      ++left;
      best = best == nullptr || is_better(candidate, *best) ? &candidate : best;
    }
  }
  if (best == nullptr) {
    return tl::unexpected<base::Error>(nothing_left(decision, models));
  }
  const bool by_rule = request.pinned && decision.candidates[*request.pinned].excluded.empty();
  decision.model = by_rule ? *request.pinned : best->model;
  decision.reason = by_rule ? "rule" : left == 1 ? "only_candidate" : "highest_utility";
  return decision;
}

}  // namespace wend::policy
