// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wend/base/hash.h"
#include "wend/net/http_message.h"

namespace wend::serve {

/// The keys that are let in, as hashes: a key is nowhere kept as it is.
class KeyRing {
 public:
  /// Lets everybody in.
  KeyRing() = default;

  /// Keys apart by commas.
  explicit KeyRing(std::string_view keys);

  bool is_open() const { return hashes_.empty(); }

  /// Who it is: the first 16 hex digits of the key's SHA-256; empty where the ring is open; nothing
  /// for a key that is not on it. Takes as long for each wrong key, however much of it is right.
  std::optional<std::string> owner_of(std::string_view key) const;

 private:
  std::vector<base::Sha256Digest> hashes_;
};

/// The key of a request: `Authorization: Bearer KEY`, else `x-api-key`; empty where there is none.
std::string_view presented_key(const net::Headers& headers);

}  // namespace wend::serve
