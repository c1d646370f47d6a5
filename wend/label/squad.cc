// SPDX-License-Identifier: Apache-2.0
#include "wend/label/squad.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "wend/label/scan.h"
#include "wend/label/words.h"
#include "wend/text/characters.h"

namespace wend::label {
namespace {

bool is_ascii_punctuation(char c) {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
         (c >= '{' && c <= '~');
}

/// A space in the place of every article that is a word by itself: what stands beside it may be a
/// mark that is no ASCII, as in "l’a".
std::string without_articles(const std::string& text) {
  std::string rest;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t length = 0;
    for (const std::string_view article : {"a", "an", "the"}) {
      length = begins_word(text, at, article) ? article.size() : length;
    }
    if (length == 0) {
      rest += text[at++];
    } else {
      rest += ' ';
      at += length;
    }
  }
  return rest;
}

std::vector<std::string> squad_words(std::string_view text) {
  std::string lower = text::lower_case(text);
  std::erase_if(lower, is_ascii_punctuation);
  const std::string rest = without_articles(lower);
  const std::vector<std::string_view> words = split_words(rest);
  return {words.begin(), words.end()};
}

}  // namespace

double squad_f1(std::string_view reference, std::string_view text) {
  std::vector<std::string> wanted = squad_words(reference);
  std::vector<std::string> given = squad_words(text);
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

bool squad_equal(std::string_view reference, std::string_view text) {
  return squad_words(reference) == squad_words(text);
}

}  // namespace wend::label
