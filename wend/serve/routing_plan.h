// SPDX-License-Identifier: Apache-2.0
// From what a caller asks to what the policy is asked, before any prompt is encoded.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include <tl/expected.hpp>

#include "wend/llm/wire_request.h"
#include "wend/net/http_message.h"
#include "wend/policy/policy.h"
#include "wend/serve/openai_error.h"
#include "wend/serve/snapshot.h"

namespace wend::serve {

template <class T>
using ApiResult = tl::expected<T, ApiError>;

/// Who will answer: a model that the caller names, or the one that the router chooses.
struct RoutingPlan {
  std::optional<std::size_t> named;  ///< Its place in Snapshot::models: routing is bypassed.
  policy::Request request;           ///< Of the policy, where nobody is named.
  std::string at_fault;              ///< The field to name if the policy has no model left.
};

/// What a body's fault is to the caller: 400.
ApiError to_api_error(const llm::RequestFault& fault);

/// Fails for an unknown model, a preference that is none, an allow-list that matches nothing.
ApiResult<RoutingPlan> make_plan(const Snapshot& snapshot,
                                 const llm::ChatView& view,
                                 const net::Headers& headers);

/// The same where a decision is all that is wanted: a model that is named is no choice, so it is
/// routed as `auto`.
ApiResult<RoutingPlan> make_route_plan(const Snapshot& snapshot,
                                       const llm::ChatView& view,
                                       const net::Headers& headers);

}  // namespace wend::serve
