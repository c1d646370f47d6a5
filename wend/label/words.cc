// SPDX-License-Identifier: Apache-2.0
#include "wend/label/words.h"

#include <algorithm>
#include <iterator>

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

std::vector<std::string> answer_words(std::string_view text) {
  const std::string folded = text::case_folded(text::normalised_text(text));
  std::vector<std::string> words;
  std::string word;
  const auto finish_word = [&] {
    if (!word.empty() && word != "a" && word != "an" && word != "the") {
      words.push_back(word);
    }
    word.clear();
  };
  for (std::size_t at = 0; at < folded.size();) {
    const text::Decoded decoded = text::decode_utf8(folded, at);
    if (decoded.code_point == ' ') {
      finish_word();
    } else if (decoded.code_point != '_' && text::is_word_character(decoded.code_point)) {
      word += std::string_view(folded).substr(at, decoded.length);
    }
    at += decoded.length;
  }
  finish_word();
  return words;
}

double word_f1(std::string_view reference, std::string_view reply) {
  std::vector<std::string> wanted = answer_words(reference);
  std::vector<std::string> given = answer_words(reply);
  if (wanted.empty() || given.empty()) {
    return wanted.empty() && given.empty() ? 1 : 0;
  }
  std::ranges::sort(wanted);
  std::ranges::sort(given);
  std::vector<std::string> common;
  std::ranges::set_intersection(wanted, given, std::back_inserter(common));
  return 2.0 * static_cast<double>(common.size()) /
         static_cast<double>(wanted.size() + given.size());
}

}  // namespace wend::label
