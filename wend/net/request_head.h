// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "wend/base/result.h"
#include "wend/net/http_client.h"

namespace wend::net {

/// The head of a request as it goes out, with Host, Content-Length and Connection of our own. A
/// header or target that would end its line early is kInvalidArgument; the message does not repeat
/// it.
base::Result<std::string> render_request_head(const Url& url, const ClientRequest& request);

}  // namespace wend::net
