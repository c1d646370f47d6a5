// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/typical_words.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "wend/text/characters.h"
#include "wend/text/utf8.h"

namespace wend::discover {
namespace {

constexpr std::size_t kReadBytes = 2000;
constexpr std::size_t kFewestLetters = 3;
constexpr std::size_t kMostBytes = 40;  // Longer ones are keys and encoded bytes.

/// Words that say how a sentence is built and not what it is about, by alphabet.
constexpr auto kFunctionWords = std::to_array<std::string_view>(
    {"about", "above",  "after", "all",   "also",    "and",    "any",   "are",   "asks",  "because",
     "been",  "before", "being", "below", "between", "both",   "but",   "can",   "could", "did",
     "does",  "each",   "for",   "from",  "given",   "had",    "has",   "have",  "her",   "his",
     "how",   "into",   "its",   "may",   "more",    "most",   "not",   "one",   "only",  "other",
     "our",   "out",    "over",  "same",  "she",     "should", "some",  "such",  "than",  "that",
     "the",   "their",  "them",  "then",  "there",   "these",  "they",  "this",  "those", "through",
     "under", "until",  "was",   "were",  "what",    "when",   "where", "which", "while", "who",
     "whose", "why",    "will",  "with",  "would",   "you",    "your"});

/// Every text's words as numbers, each once, rising.
struct Vocabulary {
  std::vector<std::string> words;
  std::vector<std::uint32_t> texts_with;  ///< Per word.
  std::vector<std::vector<std::uint32_t>> of_text;
};

bool is_telling(std::string_view word, std::size_t letters, bool has_letter) {
  return letters >= kFewestLetters && has_letter && word.size() <= kMostBytes &&
         !std::ranges::binary_search(kFunctionWords, word);
}

/// Calls `take` with each word of a text in small letters.
template <class Take>
void each_word(std::string_view text, const Take& take) {
  std::size_t begin = 0;
  std::size_t letters = 0;
  bool has_letter = false;
  const auto close = [&](std::size_t end) {
    if (is_telling(text.substr(begin, end - begin), letters, has_letter)) {
      take(text.substr(begin, end - begin));
    }
    letters = 0;
    has_letter = false;
  };
  for (std::size_t at = 0; at < text.size();) {
    const text::Decoded next = text::decode_utf8(text, at);
    if (text::is_word_character(next.code_point) && next.code_point != text::kReplacement) {
      begin = letters == 0 ? at : begin;
      ++letters;
      has_letter |= next.code_point < '0' || next.code_point > '9';
    } else {
      close(at);
    }
    at += next.length;
  }
  close(text.size());
}

Vocabulary read_words(std::span<const std::string_view> texts) {
  Vocabulary vocabulary;
  std::unordered_map<std::string, std::uint32_t> numbers;
  for (const std::string_view text : texts) {
    std::vector<std::uint32_t>& held = vocabulary.of_text.emplace_back();
    const std::string small = text::lower_case(text.substr(0, kReadBytes));
    each_word(small, [&](std::string_view word) {
      const auto next = static_cast<std::uint32_t>(numbers.size());
      const auto [place, is_new] = numbers.emplace(word, next);
      if (is_new) {
        vocabulary.words.emplace_back(word);
      }
      held.push_back(place->second);
    });
    std::ranges::sort(held);
    held.erase(std::unique(held.begin(), held.end()), held.end());
  }
  vocabulary.texts_with.resize(vocabulary.words.size());
  for (const auto& held : vocabulary.of_text) {
    for (const std::uint32_t word : held) {
      ++vocabulary.texts_with[word];
    }
  }
  return vocabulary;
}

/// "function" and "functions": the one begins with the other and has at most two letters more.
bool is_same_stem(std::string_view a, std::string_view b) {
  const auto [shorter, longer] = a.size() < b.size() ? std::pair(a, b) : std::pair(b, a);
  return longer.starts_with(shorter) && longer.size() - shorter.size() <= 2;
}

std::vector<std::string> words_of_set(const Vocabulary& vocabulary,
                                      const std::vector<std::uint32_t>& set,
                                      std::size_t most) {
  std::unordered_map<std::uint32_t, std::uint32_t> counts;
  for (const std::uint32_t text : set) {
    for (const std::uint32_t word : vocabulary.of_text[text]) {
      ++counts[word];
    }
  }
  std::vector<std::tuple<double, std::string_view>> weighed;  // The weight negative.
  for (const auto& [word, count] : counts) {
    const double p = static_cast<double>(count) / static_cast<double>(set.size());
    const double q = static_cast<double>(vocabulary.texts_with[word]) /
                     static_cast<double>(vocabulary.of_text.size());
    if (p > q && (count > 1 || set.size() == 1)) {
      weighed.emplace_back(-p * std::log(p / q), vocabulary.words[word]);
    }
  }
  std::ranges::sort(weighed);
  std::vector<std::string> words;
  for (const auto& [weight, word] : weighed) {
    if (words.size() == most) {
      break;
    }
    if (std::ranges::none_of(
            words, [&, word = word](const auto& had) { return is_same_stem(had, word); })) {
      words.emplace_back(word);
    }
  }
  return words;
}

}  // namespace

std::vector<std::vector<std::string>> typical_words(
    std::span<const std::string_view> texts,
    std::span<const std::vector<std::uint32_t>> sets,
    std::size_t most) {
  const Vocabulary vocabulary = read_words(texts);
  std::vector<std::vector<std::string>> words;
  for (const auto& set : sets) {
    words.push_back(words_of_set(vocabulary, set, most));
  }
  return words;
}

}  // namespace wend::discover
