// SPDX-License-Identifier: Apache-2.0
#include "wend/net/request_head.h"

#include <algorithm>

#include <fmt/format.h>

#include "wend/net/byte_class.h"

namespace wend::net {
namespace {

/// More is grown into.
constexpr std::size_t kUsualBytes = 512;
constexpr std::string_view kOurs[] = {"Host", "Content-Length", "Connection", "Transfer-Encoding"};

bool is_ours(std::string_view name) {
  return std::ranges::any_of(
      kOurs, [&](std::string_view ours) { return equal_ignoring_case(ours, name); });
}

bool is_sendable(const Header& header) {
  return !header.name.empty() && std::ranges::all_of(header.name, is_token_byte) &&
         std::ranges::all_of(header.value, is_value_byte);
}

bool is_target(std::string_view target) {
  return target.starts_with('/') && std::ranges::all_of(target, is_target_byte);
}

void append_line(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

base::Status append_lines(std::string& out, const Headers& headers) {
  for (const Header& header : headers.list()) {
    if (!is_sendable(header)) {
      return base::fail(base::Code::kInvalidArgument,
                        "a header of the request holds a line end or another control byte (a key "
                        "with a line end, perhaps): expected one line of text");
    }
    if (!is_ours(header.name)) {
      append_line(out, header.name, header.value);
    }
  }
  return {};
}

}  // namespace

base::Result<HeaderLines> HeaderLines::of(const Headers& headers) {
  HeaderLines lines;
  TRY(append_lines(lines.text_, headers));
  return lines;
}

base::Result<std::string> render_request_head(const Url& url, const ClientRequest& request) {
  if (!is_target(request.target)) {
    return base::fail(base::Code::kInvalidArgument,
                      "a request's target: expected a path of printable ASCII that begins with /");
  }
  std::string head;
  head.reserve(kUsualBytes);
  head.append(request.method).append(" ").append(request.target).append(" HTTP/1.1\r\n");
  append_line(head, "Host", url.authority());
  if (request.lines != nullptr) {
    head.append(request.lines->text());
  }
  if (request.headers != nullptr) {
    TRY(append_lines(head, *request.headers));
  }
  std::size_t length = 0;
  for (const std::string_view piece : request.body) {
    length += piece.size();
  }
  if (length > 0 || (request.method != "GET" && request.method != "HEAD")) {
    append_line(head, "Content-Length", fmt::format_int(length).c_str());
  }
  head += "Connection: keep-alive\r\n\r\n";
  return head;
}

}  // namespace wend::net
