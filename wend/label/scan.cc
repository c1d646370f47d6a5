// SPDX-License-Identifier: Apache-2.0
#include "wend/label/scan.h"

#include <algorithm>

#include "wend/text/characters.h"
#include "wend/text/utf8.h"

namespace wend::label {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::string_view trimmed(std::string_view text, std::string_view marks) {
  const std::size_t first = text.find_first_not_of(marks);
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(marks) - first + 1);
}

bool equal_ascii(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

bool starts_with_ascii(std::string_view text, std::string_view prefix) {
  return equal_ascii(text.substr(0, prefix.size()), prefix);
}

bool ends_with_ascii(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() &&
         equal_ascii(text.substr(text.size() - suffix.size()), suffix);
}

std::size_t previous_position(std::string_view text, std::size_t at) {
  constexpr unsigned kLongest = 4;
  std::size_t position = at - 1;
  while (position > 0 && at - position < kLongest && (text[position] & 0xC0) == 0x80) {
    --position;
  }
  // Bytes that continue nothing stand for themselves.
  return position + text::decode_utf8(text, position).length == at ? position : at - 1;
}

bool is_word_at(std::string_view text, std::size_t at) {
  return at < text.size() && text::is_word_character(text::decode_utf8(text, at).code_point);
}

bool follows_word(std::string_view text, std::size_t at) {
  return at > 0 && is_word_at(text.substr(0, at), previous_position(text, at));
}

bool begins_word(std::string_view text, std::size_t at, std::string_view word) {
  return at <= text.size() && starts_with_ascii(text.substr(at), word) && !follows_word(text, at) &&
         !is_word_at(text, at + word.size());
}

bool ends_with_word(std::string_view text, std::string_view word) {
  return ends_with_ascii(text, word) && !follows_word(text, text.size() - word.size());
}

}  // namespace wend::label
