// SPDX-License-Identifier: Apache-2.0
#include "wend/net/uri.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <arpa/inet.h>

#include "wend/net/http_message.h"

namespace wend::net {
namespace {

using base::Code;
using base::fail;

constexpr std::size_t kLongestName = 253;
constexpr std::size_t kLongestLabel = 63;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_name_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= kLongestLabel && label.front() != '-' &&
         label.back() != '-' && std::ranges::all_of(label, is_name_character);
}

/// A name whose last label is a number is an address to some resolvers ("127.1", "0x7f000001"), so
/// it is none to us.
bool is_name(std::string_view host) {
  if (host.size() > kLongestName) {
    return false;
  }
  std::string_view label;
  while (true) {
    const std::size_t dot = host.find('.');
    label = host.substr(0, dot);
    if (!is_label(label)) {
      return false;
    }
    if (dot == std::string_view::npos) {
      break;
    }
    host.remove_prefix(dot + 1);
  }
  return !std::ranges::all_of(label, is_digit) && !label.starts_with("0x");
}

bool parses_as(int family, std::string_view host) {
  in6_addr address;
  return inet_pton(family, std::string(host).c_str(), &address) == 1;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole && port != 0 ? std::optional(port) : std::nullopt;
}

struct HostAndPort {
  std::string_view host;
  std::optional<std::string_view> port;
};

std::optional<HostAndPort> split_authority(std::string_view authority) {
  if (!authority.starts_with('[')) {
    const std::size_t colon = authority.find(':');
    if (colon == std::string_view::npos) {
      return HostAndPort{authority, std::nullopt};
    }
    return HostAndPort{authority.substr(0, colon), authority.substr(colon + 1)};
  }
  const std::size_t close = authority.find(']');
  if (close == std::string_view::npos || !parses_as(AF_INET6, authority.substr(1, close - 1))) {
    return std::nullopt;
  }
  const std::string_view rest = authority.substr(close + 1);
  if (!rest.empty() && rest.front() != ':') {
    return std::nullopt;
  }
  return HostAndPort{authority.substr(1, close - 1),
                     rest.empty() ? std::nullopt : std::optional(rest.substr(1))};
}

bool is_path_character(char c) {
  return c > 0x20 && c < 0x7F && c != '"' && c != '<' && c != '>' && c != '\\' && c != '^' &&
         c != '`' && c != '{' && c != '|' && c != '}';
}

std::string_view without_trailing_slashes(std::string_view path) {
  while (path.ends_with('/')) {
    path.remove_suffix(1);
  }
  return path;
}

/// Whether the text begins with http:// or https://, and what follows.
base::Result<std::pair<bool, std::string_view>> split_scheme(std::string_view text) {
  const std::size_t mark = text.find("://");
  const std::string_view scheme = text.substr(0, mark == std::string_view::npos ? 0 : mark);
  const bool tls = equal_ignoring_case(scheme, "https");
  if (!tls && !equal_ignoring_case(scheme, "http")) {
    return fail(Code::kInvalidArgument, "'{}': expected a URL with http:// or https://", text);
  }
  return std::pair(tls, text.substr(mark + 3));
}

}  // namespace

std::string Url::authority() const {
  const bool brackets = host.find(':') != std::string::npos;
  const std::string name = brackets ? "[" + host + "]" : host;
  return port == (tls ? 443 : 80) ? name : name + ":" + std::to_string(port);
}

base::Result<Url> parse_url(std::string_view text) {
  const auto [tls, rest] = TRY(split_scheme(text));
  const std::size_t slash = std::min(rest.find_first_of("/?#"), rest.size());
  if (rest.substr(0, slash).find('@') != std::string_view::npos) {
    // The text is not repeated: a password may stand in it.
    return fail(Code::kInvalidArgument,
                "a URL with a user or a password: expected none; keys belong in the environment");
  }
  const auto authority = split_authority(rest.substr(0, slash));
  Url url;
  url.tls = tls;
  url.host = authority ? lower_case(authority->host) : "";
  if (!is_name(url.host) && !is_address(url.host)) {
    return fail(Code::kInvalidArgument, "'{}': expected a host name or an address", text);
  }
  const auto port =
      authority->port ? parse_port(*authority->port) : std::optional<std::uint16_t>(tls ? 443 : 80);
  if (!port) {
    return fail(Code::kInvalidArgument, "'{}': expected a port from 1 to 65535", text);
  }
  url.port = *port;
  const std::string_view path = rest.substr(slash);
  if (path.find_first_of("?#") != std::string_view::npos) {
    return fail(Code::kInvalidArgument, "'{}': expected no query and no fragment", text);
  }
  if (!std::ranges::all_of(path, is_path_character)) {
    return fail(Code::kInvalidArgument, "'{}': expected a path of printable ASCII", text);
  }
  url.path = without_trailing_slashes(path);
  return url;
}

bool is_address(std::string_view host) {
  // inet_pton stops at a NUL, which is not the end of ours.
  return host.find('\0') == std::string_view::npos &&
         (parses_as(AF_INET, host) || parses_as(AF_INET6, host));
}

}  // namespace wend::net
