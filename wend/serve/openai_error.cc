// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/openai_error.h"

#include <utility>

#include <nlohmann/json.hpp>

namespace wend::serve {

using base::Code;
using nlohmann::ordered_json;

namespace {

struct Row {
  int status;
  const char* type;
};

/// Code -> HTTP status and OpenAI's word for it.
Row row_of(Code code) {
  switch (code) {
    case Code::kInvalidArgument:
    case Code::kFailedPrecondition:
    case Code::kOutOfRange:
      return {400, "invalid_request_error"};
    case Code::kUnauthenticated:
      return {401, "authentication_error"};
    case Code::kPermissionDenied:
      return {403, "permission_error"};
    case Code::kNotFound:
      return {404, "invalid_request_error"};
    case Code::kAlreadyExists:
      return {409, "invalid_request_error"};
    case Code::kResourceExhausted:
      return {429, "rate_limit_error"};
    case Code::kCancelled:
      return {499, "server_error"};
    case Code::kUnimplemented:
      return {501, "server_error"};
    case Code::kDataLoss:
      return {502, "upstream_error"};
    case Code::kUnavailable:
      return {503, "server_error"};
    case Code::kDeadlineExceeded:
      return {504, "timeout_error"};
    default:
      return {500, "server_error"};
  }
}

ordered_json text_or_null(const std::string& text) {
  return text.empty() ? ordered_json(nullptr) : ordered_json(text);
}

}  // namespace

ApiError invalid_request(int status, std::string message, std::string param, std::string code) {
  return {status,
          std::move(message),
          "invalid_request_error",
          std::move(param),
          std::move(code),
          std::nullopt};
}

ApiError refused_request(int status, std::string message) {
  if (status == 503) {
    return {status, std::move(message), "server_error", "", "overloaded", 1};
  }
  if (status == 500) {
    return {status, std::move(message), "server_error", "", "internal", std::nullopt};
  }
  return invalid_request(
      status, std::move(message), "", status == 413 ? "request_too_large" : "bad_request");
}

ApiError to_api_error(const base::Error& error) {
  const Row row = row_of(error.code);
  return {row.status,
          error.message,
          row.type,
          {},
          std::string(base::code_name(error.code)),
          std::nullopt};
}

std::string error_json(const ApiError& error) {
  const ordered_json document = {{"error",
                                  {{"message", error.message},
                                   {"type", error.type},
                                   {"param", text_or_null(error.param)},
                                   {"code", text_or_null(error.code)}}}};
  return document.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

net::HttpResponse error_response(const ApiError& error) {
  net::HttpResponse response{
      error.status, {{"content-type", "application/json"}}, error_json(error)};
  if (error.retry_after_s) {
    response.headers.add("retry-after", std::to_string(*error.retry_after_s));
  }
  return response;
}

std::string error_event(const ApiError& error) {
  return "data: " + error_json(error) + "\n\n";
}

}  // namespace wend::serve
