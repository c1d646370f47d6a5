// SPDX-License-Identifier: Apache-2.0
// What a well-formed head must say besides: whose it is, how its body is framed, what it expects.
#pragma once

#include <cstdint>
#include <optional>

#include "wend/net/http_message.h"
#include "wend/net/refusal.h"

namespace wend::net {

/// What a head says about its own body and connection.
struct RequestFraming {
  bool chunked = false;
  std::uint64_t content_length = 0;
  bool keep_alive = true;
  bool expects_continue = false;
};

/// Judges a head that has passed the scanner and llhttp. A target in absolute form whose authority
/// is the Host's is reduced to its path. Sets `framing`, or says why not.
std::optional<Refusal> judge_head(RequestHead& head,
                                  std::uint64_t body_limit,
                                  RequestFraming& framing);

}  // namespace wend::net
