// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "wend/base/task.h"
#include "wend/net/http_server.h"
#include "wend/serve/services.h"

namespace wend::serve {

/// What came in with a request: the caller and the snapshot that serves it.
struct Admitted {
  std::shared_ptr<const Snapshot> snapshot;
  std::string owner;  ///< KeyRing::owner_of.
  std::chrono::steady_clock::time_point begun;
};

/// POST /v1/chat/completions, from the body read to the last byte of the answer. Returns the status
/// that was sent; 499 where the client had gone.
base::Task<int> answer_chat(Services& services, net::HttpExchange& exchange, Admitted admitted);

/// POST /v1/route: the decision alone.
base::Task<int> answer_route(Services& services, net::HttpExchange& exchange, Admitted admitted);

}  // namespace wend::serve
