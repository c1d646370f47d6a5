// SPDX-License-Identifier: Apache-2.0
#include "wend/net/request_head.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

namespace wend::net {
namespace {

constexpr std::string_view kOurs[] = {"Host", "Content-Length", "Connection", "Transfer-Encoding"};

bool is_ours(std::string_view name) {
  return std::ranges::any_of(
      kOurs, [&](std::string_view ours) { return equal_ignoring_case(ours, name); });
}

bool is_token_character(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return letter || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_value_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return c == '\t' || (byte >= 0x20 && byte != 0x7F);
}

bool is_sendable(const Header& header) {
  return !header.name.empty() && std::ranges::all_of(header.name, is_token_character) &&
         std::ranges::all_of(header.value, is_value_character);
}

bool is_target(std::string_view target) {
  return target.starts_with('/') &&
         std::ranges::all_of(target, [](char c) { return c > 0x20 && c < 0x7F; });
}

}  // namespace

base::Result<std::string> render_request_head(const Url& url, const ClientRequest& request) {
  if (!is_target(request.target)) {
    return base::fail(base::Code::kInvalidArgument,
                      "a request's target: expected a path of printable ASCII that begins with /");
  }
  std::string head;
  const auto out = std::back_inserter(head);
  fmt::format_to(
      out, "{} {} HTTP/1.1\r\nHost: {}\r\n", request.method, request.target, url.authority());
  static const Headers kNone;
  const Headers& headers = request.headers != nullptr ? *request.headers : kNone;
  for (const Header& header : headers.list()) {
    if (!is_sendable(header)) {
      return base::fail(base::Code::kInvalidArgument,
                        "a header of the request holds a line end or another control byte (a key "
                        "with a line end, perhaps): expected one line of text");
    }
    if (!is_ours(header.name)) {
      fmt::format_to(out, "{}: {}\r\n", header.name, header.value);
    }
  }
  std::size_t length = 0;
  for (const std::string_view piece : request.body) {
    length += piece.size();
  }
  if (length > 0 || (request.method != "GET" && request.method != "HEAD")) {
    fmt::format_to(out, "Content-Length: {}\r\n", length);
  }
  head += "Connection: keep-alive\r\n\r\n";
  return head;
}

}  // namespace wend::net
