// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/address.hpp>

#include "wend/net/wait.h"

namespace wend::net {

using Addresses = std::vector<boost::asio::ip::address>;

/// The addresses of names, for a short while.
class DnsCache {
 public:
  explicit DnsCache(std::chrono::milliseconds life = std::chrono::seconds(30),
                    std::size_t names = 256)
      : life_(life), names_(names) {}

  /// nullptr when nobody knows any more.
  const Addresses* find(const std::string& name, Instant now) const;
  /// Above the limit the name that is next to be forgotten goes first.
  void put(const std::string& name, Addresses addresses, Instant now);

 private:
  struct Entry {
    Addresses addresses;
    Instant until;
  };

  std::chrono::milliseconds life_;
  std::size_t names_;
  std::map<std::string, Entry> entries_;
};

}  // namespace wend::net
