// SPDX-License-Identifier: Apache-2.0
// The texts of the comparison with the reference, made from a seed. text_maker.py makes the same
// bytes and explains the kinds: change both or neither.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wend/base/random.h"
#include "wend/text/utf8.h"

namespace wend::text {

class TextMaker {
 public:
  /// The tokens of a vocab.txt, in order, and the lines of fragments.txt.
  TextMaker(std::vector<std::string> tokens, const std::vector<std::string>& fragments)
      : tokens_(std::move(tokens)) {
    for (const std::string& fragment : fragments) {
      split_words(fragment);
    }
  }

  std::string text(std::uint64_t number) const {
    base::Random random(kFirstSeed + number);
    const std::uint64_t kind = number % (kKinds + 1);
    return kind == kKinds ? damaged(random) : text_of_kind(kind, random);
  }

 private:
  using Random = base::Random;
  using Range = std::pair<std::uint32_t, std::uint32_t>;

  static constexpr std::uint64_t kFirstSeed = 20240903;
  static constexpr std::uint64_t kKinds = 7;

  static const std::vector<Range>& blocks() {
    static const std::vector<Range> kRanges = {
        {0x0000, 0x0250},  {0x0250, 0x0120},  {0x0370, 0x0190},  {0x0500, 0x0400},
        {0x0900, 0x0800},  {0x1100, 0x0300},  {0x1400, 0x0C00},  {0x2000, 0x0400},
        {0x2400, 0x0C00},  {0x3000, 0x0400},  {0x4DC0, 0x0100},  {0xA000, 0x0C00},
        {0xABC0, 0x0100},  {0xD780, 0x0080},  {0xE000, 0x0040},  {0xF8F0, 0x0710},
        {0x10000, 0x1000}, {0x11000, 0x1000}, {0x16800, 0x0800}, {0x1D000, 0x0300},
        {0x1D400, 0x0400}, {0x1E000, 0x0A00}, {0x1F000, 0x0B00}, {0x2F800, 0x0220},
        {0x2B820, 0x0120}, {0xE0000, 0x0200}};
    return kRanges;
  }

  static const std::vector<Range>& marks() {
    static const std::vector<Range> kRanges = {{0x0300, 0x70},
                                               {0x0591, 0x30},
                                               {0x064B, 0x15},
                                               {0x08D3, 0x2D},
                                               {0x093C, 0x12},
                                               {0x0E31, 0x1E},
                                               {0x0F71, 0x14},
                                               {0x1B34, 0x11},
                                               {0x1DC0, 0x40},
                                               {0x20D0, 0x21},
                                               {0x302A, 0x06},
                                               {0xA953, 0x01},
                                               {0xFE20, 0x10},
                                               {0x11442, 0x05},
                                               {0x1D15E, 0x20},
                                               {0x1D185, 0x28},
                                               {0x1E000, 0x2B},
                                               {0x1E944, 0x07}};
    return kRanges;
  }

  static const std::vector<std::string>& special() {
    static const std::vector<std::string> kTokens = {"[SEP]",
                                                     "[CLS]",
                                                     "[MASK]",
                                                     "[PAD]",
                                                     "[UNK]",
                                                     "[sep]",
                                                     "[SEP",
                                                     "SEP]",
                                                     "[[CLS]]",
                                                     "[UNK]]",
                                                     " [MASK] ",
                                                     "##"};
    return kTokens;
  }

  void split_words(std::string_view fragment) {
    while (true) {
      const std::size_t end = fragment.find(' ');
      words_.emplace_back(fragment.substr(0, end));
      if (end == std::string_view::npos) {
        return;
      }
      fragment.remove_prefix(end + 1);
    }
  }

  template <class T>
  static const T& one_of(Random& random, const std::vector<T>& items) {
    return items[random.below(items.size())];
  }

  static std::string in_ranges(Random& random, const std::vector<Range>& ranges) {
    const Range range = one_of(random, ranges);
    std::string text;
    append_utf8(static_cast<char32_t>(range.first + random.below(range.second)), text);
    return text;
  }

  std::string text_of_kind(std::uint64_t kind, Random& random) const {
    switch (kind) {
      case 0:
        return anywhere(random);
      case 1:
        return in_blocks(random);
      case 2:
        return heaps_of_marks(random);
      case 3:
        return sentences(random);
      case 4:
        return pieces(random);
      case 5:
        return long_word(random);
      default:
        return specials(random);
    }
  }

  static std::string anywhere(Random& random) {
    std::string text;
    for (std::uint64_t left = random.below(24); left > 0; --left) {
      const auto c = static_cast<char32_t>(random.below(0x110000 - 0x800));
      append_utf8(c < 0xD800 ? c : c + 0x800, text);
    }
    return text;
  }

  static std::string in_blocks(Random& random) {
    const Range first = one_of(random, blocks());
    const Range second = one_of(random, blocks());
    const std::vector<Range> ranges = {first, second, {0x61, 26}, {0x41, 26}, {0x20, 1}};
    std::string text;
    for (std::uint64_t left = random.below(48); left > 0; --left) {
      text += in_ranges(random, ranges);
    }
    return text;
  }

  static std::string heaps_of_marks(Random& random) {
    static const std::vector<Range> kBases = {{0x61, 26}, {0x391, 25}, {0x20, 1}};
    std::string text;
    for (std::uint64_t left = random.below(40); left > 0; --left) {
      const bool mark = random.below(8) != 0;
      text += in_ranges(random, mark ? marks() : kBases);
    }
    return text;
  }

  static std::string ascii_upper(std::string word) {
    for (char& c : word) {
      c = c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
    }
    return word;
  }

  std::string sentences(Random& random) const {
    std::string text;
    for (std::uint64_t left = 1 + random.below(30); left > 0; --left) {
      const std::string& word = one_of(random, words_);
      text += random.below(6) == 0 ? ascii_upper(word) : word;
      text += random.below(8) != 0 ? " " : "";
    }
    return text;
  }

  std::string pieces(Random& random) const {
    std::string text;
    for (std::uint64_t left = 1 + random.below(20); left > 0; --left) {
      const std::string& token = one_of(random, tokens_);
      text += token.starts_with("##") ? token.substr(2) : token;
      text += random.below(4) == 0 ? " " : "";
    }
    return text;
  }

  static std::string long_word(Random& random) {
    static const std::vector<Range> kLetters = {{0x61, 26}, {0xE0, 30}, {0x430, 32}, {0x41, 26}};
    static const std::vector<Range> kEnds = {{0x61, 26}, {0x301, 1}, {0xAD, 1}, {0xAC01, 27}};
    std::string text;
    for (std::uint64_t left = 1 + random.below(3); left > 0; --left) {
      const std::string unit = in_ranges(random, kLetters);
      for (std::uint64_t more = 95 + random.below(10); more > 0; --more) {
        text += unit;
      }
      text += in_ranges(random, kEnds);
      text += random.below(2) != 0 ? " " : "-";
    }
    return text;
  }

  std::string specials(Random& random) const {
    std::string text;
    for (std::uint64_t left = 1 + random.below(12); left > 0; --left) {
      const bool token = random.below(2) != 0;
      text += one_of(random, token ? special() : words_);
      text += random.below(2) != 0 ? " " : "";
    }
    return text;
  }

  std::string damaged(Random& random) const {
    const std::uint64_t kind = random.below(kKinds);
    std::string damaged;
    for (const char byte : text_of_kind(kind, random)) {
      const std::uint64_t what = random.below(16);
      if (what == 0) {
        damaged += static_cast<char>(random.below(256));
      } else if (what != 2) {
        damaged += byte;
        if (what == 1) {
          damaged += static_cast<char>(128 + random.below(128));
        }
      }
    }
    return damaged;
  }

  std::vector<std::string> tokens_;
  std::vector<std::string> words_;
};

}  // namespace wend::text
