// SPDX-License-Identifier: Apache-2.0
// From an upstream's answer to the client. Bytes go on as they come; what they mean is read beside
// them and never in their way.
#pragma once

#include <functional>

#include "wend/base/task.h"
#include "wend/llm/chat.h"
#include "wend/net/http_server.h"
#include "wend/serve/upstream_call.h"

namespace wend::serve {

enum class RelayEnd {
  kWhole,
  kBroken,  ///< The upstream failed, or time was up, after the first byte.
  kClientGone,
};

struct RelayResult {
  RelayEnd end = RelayEnd::kWhole;
  llm::Usage usage;  ///< As far as the upstream told.
};

struct Relay {
  net::HttpExchange& exchange;
  net::CancelSource& cancel;
  net::Headers headers;  ///< Ours, beside the upstream's content type.
};

/// Sends an answer that can be sent on. `finished` is called once, before the last byte goes out,
/// so that what a client asks about the request afterwards is there.
base::Task<RelayResult> relay_answer(Relay& relay,
                                     UpstreamAnswer answer,
                                     const std::function<void(const RelayResult&)>& finished);

}  // namespace wend::serve
