// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <nlohmann/json.hpp>

#include "wend/routers/override_list.h"
#include "wend/trips/route.h"

namespace wend::trips {
namespace {

using nlohmann::ordered_json;

/// The shortest decimal that gives the float back, so that JSON readers see 0.31 and not
/// 0.31000000238.
ordered_json shortest(float value) {
  return std::isfinite(value) ? ordered_json(std::stod(fmt::format("{}", value)))
                              : ordered_json(nullptr);
}

template <class Value>
ordered_json or_null(const std::optional<Value>& value) {
  return value ? ordered_json(*value) : ordered_json(nullptr);
}

ordered_json candidate_json(const core::Candidate& candidate, const routers::Router& router) {
  ordered_json object;
  object["model"] = router.models()[candidate.model].id;
  object["quality"] = shortest(candidate.score.quality);
  object["quality_sd"] =
      candidate.score.quality_sd ? shortest(*candidate.score.quality_sd) : ordered_json(nullptr);
  object["cost"] = or_null(candidate.score.cost);
  object["cost_normalised"] = shortest(candidate.score.cost_normalised);
  object["utility"] = std::isfinite(candidate.utility) ? ordered_json(candidate.utility) : nullptr;
  if (!candidate.excluded.empty()) {
    object["excluded"] = candidate.excluded;
  }
  return object;
}

ordered_json tasks_json(const std::vector<core::TaskWeight>& tasks, const routers::Router& router) {
  ordered_json list = ordered_json::array();
  for (const core::TaskWeight& task : tasks) {
    const core::TaskName& name = router.tasks()[task.task];
    list.push_back({{"id", name.id}, {"name", name.name}, {"weight", shortest(task.weight)}});
  }
  return list;
}

/// What people corrected, as the manifest has it, and how far it moved the model's metric here.
ordered_json overrides_json(const std::vector<core::OverrideEffect>& effects,
                            const routers::Router& router) {
  ordered_json list = ordered_json::array();
  for (const core::OverrideEffect& effect : effects) {
    list.push_back(routers::override_json(router.overrides()[effect.index]));
    list.back()["moved"] = shortest(effect.moved);
  }
  return list;
}

}  // namespace

ordered_json decision_object(const RoutedPrompt& routed, const RouteTrip& trip) {
  const routers::Router& router = trip.router();
  const core::Decision& decision = routed.decision;
  const core::Candidate& chosen = decision.candidates[decision.model];
  ordered_json object;
  object["model"] = router.models()[decision.model].id;
  object["preference"] = decision.preference.mu;
  object["quality"] = shortest(chosen.score.quality);
  object["cost"] = or_null(chosen.score.cost);
  object["cost_normalised"] = shortest(chosen.score.cost_normalised);
  object["utility"] = chosen.utility;
  object["tasks"] = tasks_json(routed.tasks, router);
  object["candidates"] = ordered_json::array();
  for (const core::Candidate& candidate : decision.candidates) {
    object["candidates"].push_back(candidate_json(candidate, router));
  }
  if (!routed.overrides.empty()) {
    object["overrides"] = overrides_json(routed.overrides, router);
  }
  object["reason"] = decision.reason;
  object["artifact"] = trip.artifact_id();
  object["overhead_us"] = std::round(routed.overhead_us * 10) / 10;
  if (!trip.notes().empty()) {
    object["notes"] = trip.notes();
  }
  return object;
}

std::string decision_json(const std::string& id_json,
                          const RoutedPrompt& routed,
                          const RouteTrip& trip) {
  ordered_json object;
  object["id"] = ordered_json::parse(id_json);
  object.update(decision_object(routed, trip));
  return object.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace wend::trips
