// SPDX-License-Identifier: Apache-2.0
#include "wend/net/dns_cache.h"

#include <algorithm>
#include <utility>

namespace wend::net {

const Addresses* DnsCache::find(const std::string& name, Instant now) const {
  const auto found = entries_.find(name);
  return found == entries_.end() || found->second.until <= now ? nullptr : &found->second.addresses;
}

void DnsCache::put(const std::string& name, Addresses addresses, Instant now) {
  entries_[name] = {std::move(addresses), now + life_};
  if (entries_.size() > names_) {
    entries_.erase(std::ranges::min_element(
        entries_, {}, [](const auto& entry) { return entry.second.until; }));
  }
}

}  // namespace wend::net
