// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <boost/asio/ip/address.hpp>

namespace wend::net {

/// What is special about an address that the public network does not route to somebody else's
/// machine ("loopback", "private", "link-local", ...); empty for a public one. An IPv4 address
/// inside an IPv6 one (mapped, compatible, NAT64, 6to4) counts as itself.
std::string_view private_kind(const boost::asio::ip::address& address);

}  // namespace wend::net
