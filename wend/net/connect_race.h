// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "wend/base/result.h"
#include "wend/base/task.h"
#include "wend/net/cancel.h"
#include "wend/net/dns_cache.h"
#include "wend/net/upstream_connection.h"

namespace wend::net {

/// A TCP connection to the first of the addresses that takes one. The next address is tried once
/// those before it have failed, or have said nothing for a quarter of a second; the two families
/// take turns (RFC 8305 in small). kUnavailable with the last failure's words, kDeadlineExceeded at
/// `until`, or the error of `cancel`.
base::Task<base::Result<Socket>> connect_race(Addresses addresses,
                                              std::uint16_t port,
                                              Instant until,
                                              CancelSource& cancel);

}  // namespace wend::net
