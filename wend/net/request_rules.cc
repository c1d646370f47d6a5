// SPDX-License-Identifier: Apache-2.0
#include "wend/net/request_rules.h"

#include <algorithm>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace wend::net {
namespace {

using Verdict = std::optional<Refusal>;

constexpr std::size_t kMostLengthDigits = 18;

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

Verdict judge_length(const Headers& headers, std::uint64_t limit, RequestFraming& framing) {
  const std::string_view value = trimmed(*headers.find("Content-Length"));
  if (headers.count("Content-Length") > 1 || !all_digits(value)) {
    return Refusal{400, "Content-Length is malformed: expected one number in digits"};
  }
  const std::string_view number =
      value.substr(std::min(value.find_first_not_of('0'), value.size() - 1));
  if (number.size() > kMostLengthDigits) {
    return Refusal{400, "Content-Length is out of range"};
  }
  for (const char digit : number) {
    framing.content_length = framing.content_length * 10 + static_cast<std::uint64_t>(digit - '0');
  }
  if (framing.content_length > limit) {
    return Refusal{
        413,
        fmt::format("the body has {} bytes: expected at most {}", framing.content_length, limit)};
  }
  return std::nullopt;
}

Verdict judge_body(const RequestHead& head, std::uint64_t limit, RequestFraming& framing) {
  const std::size_t codings = head.headers.count("Transfer-Encoding");
  const bool length = head.headers.find("Content-Length") != nullptr;
  if (codings == 0) {
    return length ? judge_length(head.headers, limit, framing) : std::nullopt;
  }
  if (length) {
    return Refusal{400, "Content-Length and Transfer-Encoding exclude each other: expected one"};
  }
  if (head.minor_version == 0) {
    return Refusal{400, "HTTP/1.0 has no Transfer-Encoding: expected Content-Length"};
  }
  if (codings > 1 ||
      !equal_ignoring_case(trimmed(*head.headers.find("Transfer-Encoding")), "chunked")) {
    return Refusal{400, "Transfer-Encoding is not understood: expected 'chunked' once and alone"};
  }
  framing.chunked = true;
  return std::nullopt;
}

bool is_host_name_byte(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
         (byte >= '0' && byte <= '9') ||
         std::string_view("-._~%").find(byte) != std::string_view::npos;
}

/// "host", "host:port", "[v6]:port"; no user, no list, nothing empty.
bool is_authority(std::string_view text) {
  std::size_t end = 0;
  if (text.starts_with('[')) {
    end = text.find(']');
    if (end == text.npos || end == 1 ||
        text.substr(1, end - 1).find_first_not_of("0123456789abcdefABCDEF:.") != text.npos) {
      return false;
    }
    ++end;
  } else {
    end =
        static_cast<std::size_t>(std::ranges::find_if_not(text, is_host_name_byte) - text.begin());
  }
  const std::string_view port = text.substr(end);
  return end > 0 && (port.empty() || (port.front() == ':' && all_digits(port.substr(1))));
}

std::string_view without_default_port(std::string_view authority, std::string_view port) {
  return authority.ends_with(port) ? authority.substr(0, authority.size() - port.size())
                                   : authority;
}

/// "http://host/path" to "/path" if the host is the one of the Host header (empty: there is none).
Verdict reduce_absolute(RequestHead& head, std::string_view host) {
  const std::string_view target = head.target;
  const std::size_t scheme_end = target.find("://");
  const std::string_view scheme = target.substr(0, scheme_end);
  const bool secure = equal_ignoring_case(scheme, "https");
  if (scheme_end == target.npos || (!secure && !equal_ignoring_case(scheme, "http"))) {
    return Refusal{400, "the request's target is malformed: expected a path like /v1/models"};
  }
  const std::string_view rest = target.substr(scheme_end + 3);
  const std::size_t authority_end = std::min(rest.find_first_of("/?"), rest.size());
  const std::string_view authority = rest.substr(0, authority_end);
  const std::string_view port = secure ? ":443" : ":80";
  if (!is_authority(authority) ||
      (!host.empty() && !equal_ignoring_case(without_default_port(authority, port),
                                             without_default_port(host, port)))) {
    return Refusal{400, "the request's target names another host than its Host header"};
  }
  std::string path(rest.substr(authority_end));
  if (!path.starts_with('/')) {
    path.insert(path.begin(), '/');
  }
  head.target = std::move(path);
  return std::nullopt;
}

Verdict judge_target(RequestHead& head) {
  const std::size_t hosts = head.headers.count("Host");
  if (hosts > 1 || (hosts == 0 && head.minor_version > 0)) {
    return Refusal{400, "expected one Host header"};
  }
  const std::string_view host =
      hosts == 0 ? std::string_view() : trimmed(*head.headers.find("Host"));
  if (hosts == 1 && !is_authority(host)) {
    return Refusal{400, "the Host header is malformed: expected a host and perhaps a port"};
  }
  if (head.method == "CONNECT") {
    return Refusal{501, "CONNECT is not for this server"};
  }
  if (head.target.find('#') != std::string::npos) {
    return Refusal{400, "the request's target has a fragment: expected a path and a query"};
  }
  if (head.target == "*" && head.method == "OPTIONS") {
    return std::nullopt;
  }
  return head.target.starts_with('/') ? std::nullopt : reduce_absolute(head, host);
}

Verdict judge_expectations(const RequestHead& head, RequestFraming& framing) {
  const bool coded = std::ranges::any_of(head.headers.list(), [](const Header& header) {
    return equal_ignoring_case(header.name, "Content-Encoding") &&
           !equal_ignoring_case(trimmed(header.value), "identity");
  });
  if (coded) {
    return Refusal{415, "the body has a Content-Encoding: expected it plain"};
  }
  const std::string* expect = head.minor_version > 0 ? head.headers.find("Expect") : nullptr;
  if (expect != nullptr) {
    if (head.headers.count("Expect") > 1 ||
        !equal_ignoring_case(trimmed(*expect), "100-continue")) {
      return Refusal{417, "the request expects something else than 100-continue"};
    }
    framing.expects_continue = true;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> judge_head(RequestHead& head,
                                  std::uint64_t body_limit,
                                  RequestFraming& framing) {
  framing = RequestFraming{};
  const bool close = head.headers.lists("Connection", "close");
  framing.keep_alive =
      !close && (head.minor_version > 0 || head.headers.lists("Connection", "keep-alive"));
  Verdict verdict = judge_target(head);
  if (!verdict) {
    verdict = judge_body(head, body_limit, framing);
  }
  return verdict ? verdict : judge_expectations(head, framing);
}

}  // namespace wend::net
