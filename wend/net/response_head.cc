// SPDX-License-Identifier: Apache-2.0
#include "wend/net/response_head.h"

#include <algorithm>
#include <array>
#include <iterator>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "wend/net/byte_class.h"

namespace wend::net {
namespace {

constexpr std::array<std::string_view, 5> kServersOwn = {
    "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Upgrade"};

bool is_servers_own(std::string_view name) {
  return std::ranges::any_of(kServersOwn,
                             [&](std::string_view own) { return equal_ignoring_case(own, name); });
}

bool is_one_line(const Header& header) {
  return !header.name.empty() && std::ranges::all_of(header.name, is_token_byte) &&
         std::ranges::all_of(header.value, is_value_byte);
}

void append_line(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

bool is_bodiless(int status) {
  return status < 200 || status == 204 || status == 304;
}

void append_response_head(std::string& out,
                          int status,
                          const Headers& headers,
                          const ResponseFraming& framing) {
  fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\n", status, reason_phrase(status));
  for (const Header& header : headers.list()) {
    if (!is_servers_own(header.name) && is_one_line(header)) {
      append_line(out, header.name, header.value);
    }
  }
  if (headers.find("Date") == nullptr) {
    append_line(out, "Date", framing.date);
  }
  if (framing.content_length) {
    append_line(out, "Content-Length", fmt::format_int(*framing.content_length).c_str());
  }
  if (framing.chunked) {
    append_line(out, "Transfer-Encoding", "chunked");
  }
  if (!framing.keep_alive) {
    append_line(out, "Connection", "close");
  } else if (framing.minor_version == 0) {
    append_line(out, "Connection", "keep-alive");
  }
  out.append("\r\n");
}

std::string_view DateText::at(std::time_t now) {
  if (now != made_for_) {
    made_for_ = now;
    text_ = fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(now));
  }
  return text_;
}

}  // namespace wend::net
