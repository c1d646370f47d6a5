// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "wend/base/task.h"
#include "wend/core/conversation.h"
#include "wend/net/cancel.h"
#include "wend/policy/policy.h"
#include "wend/serve/routing_plan.h"
#include "wend/serve/services.h"
#include "wend/trips/route.h"

namespace wend::serve {

/// A decision and the text it was made on.
struct Decided {
  trips::RoutedPrompt routed;
  std::string text;
};

/// What is decided on.
struct DecideInput {
  std::shared_ptr<const Snapshot> snapshot;
  core::Conversation conversation;
  RoutingPlan plan;
};

/// Decides on an inference thread. 429 where its queue is full; 400, naming plan.at_fault, where no
/// model is left; nothing of it is waited for once `cancel` is cancelled (499).
base::Task<ApiResult<Decided>> decide(Services& services,
                                      boost::asio::io_context& context,
                                      DecideInput input,
                                      net::CancelSource& cancel);

}  // namespace wend::serve
