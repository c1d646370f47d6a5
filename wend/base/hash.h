// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "wend/base/result.h"

namespace wend::base {

using Sha256Digest = std::array<std::uint8_t, 32>;

/// SHA-256 over parts fed one after another.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  Sha256& update(std::string_view bytes);

  /// The digest; the object is spent after it.
  Sha256Digest finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

Sha256Digest sha256(std::string_view bytes);

/// Lower-case hexadecimal digits.
std::string to_hex(std::span<const std::uint8_t> bytes);

std::string sha256_hex(std::string_view bytes);

/// SHA-256 of a whole file, read in blocks. Fails where the file cannot be read.
Result<std::string> sha256_hex_of_file(const std::string& path);

/// The first eight bytes as a big-endian number.
std::uint64_t first_64_bits(const Sha256Digest& digest);

}  // namespace wend::base
