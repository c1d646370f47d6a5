// SPDX-License-Identifier: Apache-2.0
// The few steps that reading an answer consists of. Letters compare without regard to ASCII case.
#pragma once

#include <string_view>

namespace wend::label {

/// The text without any of `marks` (ASCII) at its ends.
std::string_view trimmed(std::string_view text, std::string_view marks);

bool starts_with_ascii(std::string_view text, std::string_view prefix);
bool ends_with_ascii(std::string_view text, std::string_view suffix);
bool equal_ascii(std::string_view a, std::string_view b);

/// Where the code point before `at` begins; needs at > 0.
std::size_t previous_position(std::string_view text, std::size_t at);

/// Whether what stands directly before `at` is part of a word, so that no word begins there.
bool follows_word(std::string_view text, std::size_t at);
/// Whether what stands at `at` is part of a word.
bool is_word_at(std::string_view text, std::size_t at);

/// Whether the whole word `word` stands at `at`.
bool begins_word(std::string_view text, std::size_t at, std::string_view word);
/// Whether `text` ends with the whole word (or words) `word`.
bool ends_with_word(std::string_view text, std::string_view word);

inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace wend::label
