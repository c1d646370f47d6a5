// SPDX-License-Identifier: Apache-2.0
// One call to one upstream, as far as the moment at which its answer may be sent on: of a stream
// its first bytes, of anything else the whole. Until then another model can still be asked.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "wend/base/task.h"
#include "wend/llm/chat.h"
#include "wend/net/cancel.h"
#include "wend/net/http_client.h"
#include "wend/serve/serve_metrics.h"
#include "wend/serve/snapshot.h"

namespace wend::serve {

struct UpstreamRequest {
  const Upstream& upstream;
  std::span<const std::string_view> body;
  const net::Headers& caller;  ///< The caller's own; few of them go on.
  std::size_t max_answer_bytes = 0;
  net::ClientTimeouts timeouts;
};

struct UpstreamAnswer {
  AttemptOutcome outcome = AttemptOutcome::kUnreachable;
  net::ResponseHead head;
  /// What is left of a stream; null of a whole answer.
  std::unique_ptr<net::ClientResponse> stream;
  std::string body;     ///< Whole, or the first bytes of the stream.
  llm::Usage usage;     ///< Of a whole answer.
  std::string failure;  ///< For the log; empty where the answer can be sent on.
  std::optional<std::chrono::milliseconds> retry_after;

  bool can_be_sent_on() const {
    return outcome == AttemptOutcome::kOk || outcome == AttemptOutcome::kClientError;
  }
};

/// Asks. An answer of status 2xx that is neither a JSON object nor a stream of events is a bad one.
base::Task<UpstreamAnswer> ask_upstream(net::HttpClient& client,
                                        UpstreamRequest request,
                                        net::CancelSource& cancel);

}  // namespace wend::serve
