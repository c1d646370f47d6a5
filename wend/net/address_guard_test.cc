// SPDX-License-Identifier: Apache-2.0
#include "wend/net/address_guard.h"

#include <utility>

#include <gtest/gtest.h>

namespace wend::net {
namespace {

TEST(PrivateKind, KnowsBothEdgesOfEveryRange) {
  const std::pair<const char*, std::string_view> cases[] = {
      {"0.0.0.0", "unspecified"},
      {"0.255.255.255", "unspecified"},
      {"1.0.0.0", ""},
      {"9.255.255.255", ""},
      {"10.0.0.0", "private"},
      {"10.255.255.255", "private"},
      {"11.0.0.0", ""},
      {"100.63.255.255", ""},
      {"100.64.0.0", "carrier-grade"},
      {"100.127.255.255", "carrier-grade"},
      {"100.128.0.0", ""},
      {"126.255.255.255", ""},
      {"127.0.0.1", "loopback"},
      {"127.255.255.255", "loopback"},
      {"169.253.255.255", ""},
      {"169.254.169.254", "link-local"},
      {"172.15.255.255", ""},
      {"172.16.0.0", "private"},
      {"172.31.255.255", "private"},
      {"172.32.0.0", ""},
      {"192.0.1.0", ""},
      {"192.167.255.255", ""},
      {"192.168.0.0", "private"},
      {"192.169.0.0", ""},
      {"198.17.255.255", ""},
      {"198.19.255.255", "reserved"},
      {"223.255.255.255", ""},
      {"224.0.0.1", "multicast"},
      {"255.255.255.255", "reserved"},
      {"8.8.8.8", ""},
      {"::", "unspecified"},
      {"::1", "loopback"},
      {"::2", "unspecified"},
      {"::7f00:1", "loopback"},
      {"::ffff:127.0.0.1", "loopback"},
      {"::ffff:10.1.2.3", "private"},
      {"::ffff:8.8.8.8", ""},
      {"64:ff9b::a00:1", "private"},
      {"64:ff9b::808:808", ""},
      {"64:ff9b:1::808:808", "reserved"},
      {"2002:7f00:1::", "loopback"},
      {"2002:808:808::1", ""},
      {"2001::1", "reserved"},
      {"2001:db8::1", "reserved"},
      {"2606:4700:4700::1111", ""},
      {"3fff:ffff::1", ""},
      {"4000::1", "reserved"},
      {"fbff::1", "reserved"},
      {"fc00::", "private"},
      {"fdff::1", "private"},
      {"fe00::1", "reserved"},
      {"fe80::1", "link-local"},
      {"febf::1", "link-local"},
      {"fec0::1", "private"},
      {"ff02::1", "multicast"},
  };
  for (const auto& [text, kind] : cases) {
    EXPECT_EQ(private_kind(boost::asio::ip::make_address(text)), kind) << text;
  }
}

}  // namespace
}  // namespace wend::net
