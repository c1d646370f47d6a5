// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/admission.h"

#include <cstdint>
#include <span>

namespace wend::serve {
namespace {

/// Without a branch that depends on where the first difference is.
bool equal_in_constant_time(const base::Sha256Digest& a, const base::Sha256Digest& b) {
  std::uint8_t difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference = static_cast<std::uint8_t>(difference | (a[i] ^ b[i]));
  }
  return difference == 0;
}

}  // namespace

KeyRing::KeyRing(std::string_view keys) {
  while (!keys.empty()) {
    const std::size_t comma = keys.find(',');
    if (const std::string_view key = keys.substr(0, comma); !key.empty()) {
      hashes_.push_back(base::sha256(key));
    }
    keys = comma == std::string_view::npos ? std::string_view() : keys.substr(comma + 1);
  }
}

std::optional<std::string> KeyRing::owner_of(std::string_view key) const {
  if (is_open()) {
    return std::string();
  }
  const base::Sha256Digest presented = base::sha256(key);
  bool known = false;
  for (const base::Sha256Digest& hash : hashes_) {
    known |= equal_in_constant_time(hash, presented);
  }
  return known ? std::optional(base::to_hex(std::span(presented).first(8))) : std::nullopt;
}

std::string_view presented_key(const net::Headers& headers) {
  if (const std::string* authorization = headers.find("authorization")) {
    constexpr std::string_view kScheme = "Bearer ";
    const std::string_view value = *authorization;
    if (value.size() > kScheme.size() &&
        net::equal_ignoring_case(value.substr(0, kScheme.size()), kScheme)) {
      return value.substr(kScheme.size());
    }
  }
  const std::string* key = headers.find("x-api-key");
  return key == nullptr ? std::string_view() : std::string_view(*key);
}

}  // namespace wend::serve
