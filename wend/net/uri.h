// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "wend/base/result.h"

namespace wend::net {

/// "https://api.openai.com/v1" in its parts. IPv6 literals are without their brackets.
struct Url {
  bool tls = false;
  std::string host;
  std::uint16_t port = 80;
  std::string path;  ///< Without a trailing slash; empty for the root.

  /// As the Host header says it: with brackets, and the port where it is not the scheme's own.
  std::string authority() const;
};

/// http and https alone; no user, query or fragment. One clear sentence for what is not one.
base::Result<Url> parse_url(std::string_view text);

/// Whether the host is an address rather than a name.
bool is_address(std::string_view host);

}  // namespace wend::net
