// SPDX-License-Identifier: Apache-2.0
#include "wend/net/address_guard.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

namespace wend::net {
namespace {

using boost::asio::ip::address_v4;
using boost::asio::ip::address_v6;

struct Range4 {
  std::uint32_t base;
  int bits;
  std::string_view kind;
};

// IANA's special-purpose addresses that are not globally reachable.
constexpr Range4 kRanges4[] = {
    {0x00000000, 8, "unspecified"},     // 0.0.0.0/8
    {0x0A000000, 8, "private"},         // 10.0.0.0/8
    {0x64400000, 10, "carrier-grade"},  // 100.64.0.0/10
    {0x7F000000, 8, "loopback"},        // 127.0.0.0/8
    {0xA9FE0000, 16, "link-local"},     // 169.254.0.0/16
    {0xAC100000, 12, "private"},        // 172.16.0.0/12
    {0xC0000000, 24, "reserved"},       // 192.0.0.0/24
    {0xC0000200, 24, "reserved"},       // 192.0.2.0/24
    {0xC0A80000, 16, "private"},        // 192.168.0.0/16
    {0xC6120000, 15, "reserved"},       // 198.18.0.0/15
    {0xC6336400, 24, "reserved"},       // 198.51.100.0/24
    {0xCB007100, 24, "reserved"},       // 203.0.113.0/24
    {0xE0000000, 4, "multicast"},       // 224.0.0.0/4
    {0xF0000000, 4, "reserved"},        // 240.0.0.0/4
};

std::string_view kind_of(const address_v4& address) {
  const std::uint32_t bits = address.to_uint();
  for (const Range4& range : kRanges4) {
    if ((bits ^ range.base) >> (32 - range.bits) == 0) {
      return range.kind;
    }
  }
  return {};
}

using Bytes = address_v6::bytes_type;

bool begins_with(const Bytes& bytes, std::initializer_list<unsigned char> prefix) {
  return std::equal(prefix.begin(), prefix.end(), bytes.begin());
}

address_v4 embedded(const Bytes& bytes, std::size_t at) {
  return address_v4({bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]});
}

std::string_view kind_of(const address_v6& address) {
  const Bytes bytes = address.to_bytes();
  if (address.is_loopback()) {
    return "loopback";
  }
  if (begins_with(bytes, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF}) ||     // mapped
      begins_with(bytes, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}) ||           // compatible, and ::
      begins_with(bytes, {0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0})) {  // NAT64
    return kind_of(embedded(bytes, 12));
  }
  if (begins_with(bytes, {0x20, 0x02})) {  // 6to4
    return kind_of(embedded(bytes, 2));
  }
  if ((bytes[0] & 0xFE) == 0xFC) {
    return "private";
  }
  if (bytes[0] == 0xFE && (bytes[1] & 0x80) != 0) {
    return (bytes[1] & 0x40) == 0 ? "link-local" : "private";
  }
  if (bytes[0] == 0xFF) {
    return "multicast";
  }
  const bool teredo = begins_with(bytes, {0x20, 0x01, 0, 0});
  const bool documentation = begins_with(bytes, {0x20, 0x01, 0x0D, 0xB8});
  // What is left of 2000::/3 is the public network; nothing else is given out.
  return teredo || documentation || (bytes[0] & 0xE0) != 0x20 ? "reserved" : "";
}

}  // namespace

std::string_view private_kind(const boost::asio::ip::address& address) {
  return address.is_v4() ? kind_of(address.to_v4()) : kind_of(address.to_v6());
}

}  // namespace wend::net
