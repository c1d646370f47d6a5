// SPDX-License-Identifier: Apache-2.0
// The one place where a failure becomes what an OpenAI client reads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "wend/base/result.h"
#include "wend/net/http_message.h"

namespace wend::serve {

/// {"error":{"message","type","param","code"}} with its status. The message is for the caller: it
/// names no key and no address of ours.
struct ApiError {
  int status = 500;
  std::string message;
  std::string type = "server_error";
  std::string param = {};  ///< The field at fault; empty: null.
  std::string code = {};   ///< Empty: null.
  std::optional<std::int64_t> retry_after_s = {};
};

/// What the caller did wrong: type invalid_request_error.
ApiError invalid_request(int status, std::string message, std::string param, std::string code);

/// What the HTTP server itself refuses, by its status; a 503 says when to come back.
ApiError refused_request(int status, std::string message);

/// By the code's row in the table; the message as it is, so it must be one for the caller.
ApiError to_api_error(const base::Error& error);

/// The JSON of the body.
std::string error_json(const ApiError& error);

/// As an answer of its own.
net::HttpResponse error_response(const ApiError& error);

/// As the last event of a stream that has begun.
std::string error_event(const ApiError& error);

}  // namespace wend::serve
