// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace wend::text {

/// Unicode's White_Space property, all 25 of it.
inline bool is_white_space(char32_t c) {
  return c == ' ' || (c >= 0x09 && c <= 0x0D) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

/// A letter, a digit or number of any script, or the underscore: what makes up words.
bool is_word_character(char32_t code_point);

/// The text with its case set aside (Unicode's full case folding): "Straße" and "STRASSE" fold to
/// the same. Malformed UTF-8 is decoded with replacement.
std::string case_folded(std::string_view text);

/// The text in small letters (Unicode's mapping, as Python's str.lower): a sigma that ends a word
/// is a final one. Malformed UTF-8 is decoded with replacement.
std::string lower_case(std::string_view text);

}  // namespace wend::text
