// SPDX-License-Identifier: Apache-2.0
#include "wend/label/words.h"

#include "wend/label/final_answer.h"
#include "wend/label/scan.h"
#include "wend/text/characters.h"
#include "wend/text/routing_text.h"
#include "wend/text/utf8.h"

namespace wend::label {
namespace {

/// ", " after every comma and no space before one.
std::string with_even_commas(std::string_view text) {
  std::string even;
  for (const char c : text) {
    if (c == ',') {
      while (!even.empty() && even.back() == ' ') {
        even.pop_back();
      }
      even += ", ";
    } else if (c != ' ' || !even.ends_with(", ")) {
      even += c;
    }
  }
  return even;
}

/// Python counts four separators of ASCII to the white space.
bool is_python_space(char32_t c) {
  return text::is_white_space(c) || (c >= 0x1C && c <= 0x1F);
}

}  // namespace

std::string normalised_answer(std::string_view text) {
  const std::string folded = text::case_folded(text::normalised_text(text));
  std::string even = with_even_commas(without_outer_marks(folded));
  for (const std::string_view article : {"the ", "a ", "an "}) {
    if (even.starts_with(article) && even.size() > article.size()) {
      return even.substr(article.size());
    }
  }
  return even;
}

std::vector<std::string_view> split_words(std::string_view text) {
  std::vector<std::string_view> words;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    const text::Decoded decoded = text::decode_utf8(text, at);
    if (is_python_space(decoded.code_point)) {
      if (at > begin) {
        words.push_back(text.substr(begin, at - begin));
      }
      begin = at + decoded.length;
    }
    at += decoded.length;
  }
  if (begin < text.size()) {
    words.push_back(text.substr(begin));
  }
  return words;
}

std::string_view without_space_at_end(std::string_view text) {
  while (!text.empty()) {
    const std::size_t last = previous_position(text, text.size());
    if (!is_python_space(text::decode_utf8(text, last).code_point)) {
      break;
    }
    text.remove_suffix(text.size() - last);
  }
  return text;
}

}  // namespace wend::label
