// SPDX-License-Identifier: Apache-2.0
// UTF-8, decoded with replacement: each maximal subpart of an ill-formed sequence (Unicode 3.9,
// table 3-8) is one U+FFFD, as Python and Rust do it. A truncated but so far good sequence is one
// replacement; a byte that can start nothing is one by itself.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace wend::text {

inline constexpr char32_t kReplacement = 0xFFFD;

/// A code point and the number of bytes that it took, at least 1.
struct Decoded {
  char32_t code_point;
  std::size_t length;
};

/// The code point at text[position], which must lie inside the text.
Decoded decode_utf8(std::string_view text, std::size_t position);

/// Writes the 1 to 4 bytes of a code point (below 0x110000) and returns how many.
std::size_t encode_utf8(char32_t code_point, char* out);

void append_utf8(char32_t code_point, std::string& out);

/// The number of leading bytes that are ASCII.
std::size_t ascii_prefix(std::string_view text);

/// The text itself where it is well formed, else with replacements.
std::string with_replacement(std::string_view text);

}  // namespace wend::text
