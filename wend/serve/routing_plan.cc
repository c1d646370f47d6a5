// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/routing_plan.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "wend/base/suggest.h"
#include "wend/policy/allow_list.h"
#include "wend/serve/capabilities.h"
#include "wend/serve/model_name.h"
#include "wend/serve/preference_order.h"

namespace wend::serve {
namespace {

tl::unexpected<ApiError> refuse(int status,
                                std::string message,
                                std::string param,
                                std::string code) {
  return tl::unexpected(
      invalid_request(status, std::move(message), std::move(param), std::move(code)));
}

tl::unexpected<ApiError> unknown_model(const Snapshot& snapshot, const std::string& name) {
  std::vector<std::string> known(kVirtualModels.begin(), kVirtualModels.end());
  for (const ServedModel& model : snapshot.models) {
    known.push_back(model.id);
  }
  return refuse(404,
                fmt::format("the model '{}' does not exist{}; GET /v1/models lists them",
                            name,
                            base::did_you_mean(name, known)),
                "model",
                "model_not_found");
}

ApiResult<core::Preference> preference_of(const Snapshot& snapshot,
                                          const llm::ChatView& view,
                                          const net::Headers& headers,
                                          std::optional<core::Preference> model_name) {
  auto preference = preferred(
      {view.wend.preference, headers.find("x-wend-preference"), model_name, snapshot.preference});
  if (!preference) {
    return refuse(400, preference.error().message, "x-wend-preference", "invalid_preference");
  }
  return *preference;
}

/// A caller may lower what the operator lets a call cost, and not raise it.
std::optional<double> lower_of(std::optional<double> asked, std::optional<double> configured) {
  return asked && configured ? std::min(*asked, *configured) : asked ? asked : configured;
}

/// The field that leaves no model: of the filters in their order, what the models can do, which are
/// allowed, what they cost, the one after which none is left. Where the limit on the cost is not
/// the caller's, no field of theirs but the model's.
std::string field_at_fault(const Snapshot& snapshot,
                           const llm::ChatView& view,
                           const policy::Request& request) {
  const auto& models = snapshot.route->router().models();
  bool allows_one = false;
  for (std::size_t i = 0; i < models.size(); ++i) {
    allows_one = allows_one || (request.incapable[i].empty() &&
                                policy::is_allowed(request.allowed_models, models[i].id));
  }
  if (allows_one) {
    return view.wend.max_cost && view.wend.max_cost == request.max_cost ? "wend.max_cost" : "model";
  }
  const std::string_view beyond = field_beyond_all(snapshot, view);
  return beyond.empty() ? "wend.models" : std::string(beyond);
}

ApiResult<RoutingPlan> auto_plan(const Snapshot& snapshot,
                                 const llm::ChatView& view,
                                 const net::Headers& headers,
                                 std::optional<core::Preference> model_name) {
  if (!snapshot.route) {
    return refuse(404,
                  "nothing is routed here: no router is configured (router.artifact); expected the "
                  "name of a model, as GET /v1/models lists them",
                  "model",
                  "model_not_found");
  }
  const auto preference = preference_of(snapshot, view, headers, model_name);
  if (!preference) {
    return tl::unexpected(preference.error());
  }
  policy::Request request;
  request.preference = *preference;
  request.allowed_models = view.wend.models;
  request.max_cost = lower_of(view.wend.max_cost, snapshot.config.policy.max_cost);
  request.incapable = incapable_models(snapshot, needs_of(view));
  const base::Status allowed =
      policy::check_allowed_models(view.wend.models, snapshot.route->router().models());
  if (!allowed) {
    return refuse(400, allowed.error().message, "wend.models", "model_not_found");
  }
  std::string at_fault = field_at_fault(snapshot, view, request);
  return RoutingPlan{std::nullopt, std::move(request), std::move(at_fault)};
}

}  // namespace

ApiError to_api_error(const llm::RequestFault& fault) {
  return invalid_request(400, fault.message, fault.param, fault.code);
}

ApiResult<RoutingPlan> make_plan(const Snapshot& snapshot,
                                 const llm::ChatView& view,
                                 const net::Headers& headers) {
  const auto name = parse_auto_name(view.model);
  if (!name) {
    return refuse(400, name.error().message, "model", "invalid_preference");
  }
  if (*name) {
    return auto_plan(snapshot, view, headers, (*name)->preference);
  }
  const auto place = snapshot.find_model(view.model);
  if (!place) {
    return unknown_model(snapshot, view.model);
  }
  return RoutingPlan{place, {}, {}};
}

ApiResult<RoutingPlan> make_route_plan(const Snapshot& snapshot,
                                       const llm::ChatView& view,
                                       const net::Headers& headers) {
  const auto name = parse_auto_name(view.model);
  if (!name) {
    return refuse(400, name.error().message, "model", "invalid_preference");
  }
  if (!*name && !view.model.empty() && !snapshot.find_model(view.model)) {
    return unknown_model(snapshot, view.model);
  }
  return auto_plan(
      snapshot, view, headers, *name ? (*name)->preference : std::optional<core::Preference>());
}

}  // namespace wend::serve
