// SPDX-License-Identifier: Apache-2.0
// From a text to the words that BERT's WordPiece sees, in one pass (algorithms.md 9.3, steps 2 to
// 6): clean, space out ideographs, decompose, drop marks, lower the case, split on blanks and
// punctuation. Each code point's part is looked up in CharacterMap; what is left of context is the
// canonical order of the few combining marks that are not dropped.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "wend/text/character_map.h"
#include "wend/text/tokenizer_file.h"
#include "wend/text/utf8.h"

namespace wend::text {

/// The word that is being read, normalised, in UTF-8. Beyond `limit` code points it only counts:
/// such a word is unknown whatever it holds.
class WordBuffer {
 public:
  explicit WordBuffer(std::size_t limit) : limit_(limit) {}

  bool empty() const { return code_points_ == 0; }

  bool too_long() const { return code_points_ > limit_; }

  std::string_view bytes() const { return {bytes_.data(), size_}; }

  void clear() {
    size_ = 0;
    code_points_ = 0;
    run_length_ = 0;
  }

  /// Appends the ASCII letters and digits that a text begins with, in lower case, and returns how
  /// many they are.
  std::size_t append_ascii_run(std::string_view text);

  void append(char32_t code_point) {
    run_length_ = 0;
    if (code_points_++ < limit_) {
      size_ += encode_utf8(code_point, bytes_.data() + size_);
    }
  }

  /// A mark of a combining class above 0: it goes before those of a higher class that it follows
  /// without a barrier.
  void append_mark(char32_t code_point, std::uint8_t combining_class);

  /// Ends the run of marks among which order is made.
  void barrier() { run_length_ = 0; }

 private:
  struct Mark {
    std::uint16_t begin;
    std::uint8_t combining_class;
  };

  std::size_t limit_;
  std::size_t size_ = 0;
  std::size_t code_points_ = 0;
  std::size_t run_length_ = 0;
  std::array<char, kMaxWordCodePoints * 4> bytes_;
  std::array<Mark, kMaxWordCodePoints> run_;
};

/// Hands each word of a text to `sink.match(bytes)`, or to `sink.unknown()` where it has more than
/// `limit` code points. Malformed UTF-8 is decoded with replacement, and U+FFFD vanishes.
template <class Sink>
class WordReader {
 public:
  WordReader(std::size_t limit, Sink& sink)
      : map_(CharacterMap::instance()), sink_(sink), word_(limit) {}

  void read(std::string_view text) {
    while (!text.empty()) {
      text.remove_prefix(word_.append_ascii_run(text));
      if (text.empty()) {
        break;
      }
      if (text.front() == ' ') {
        end_word();
        text.remove_prefix(1);
        continue;
      }
      const Decoded decoded = decode_utf8(text, 0);
      take(decoded.code_point);
      text.remove_prefix(decoded.length);
    }
    end_word();
  }

 private:
  void end_word() {
    if (word_.empty()) {
      return;
    }
    if (word_.too_long()) {
      sink_.unknown();
    } else {
      sink_.match(word_.bytes());
    }
    word_.clear();
  }

  void take_alone(char32_t code_point) {
    end_word();
    word_.append(code_point);
    end_word();
  }

  void take(char32_t code_point) {
    const CharacterMap::Entry entry = map_.at(code_point);
    switch (entry.action) {
      case CharacterAction::kKeep:
      case CharacterAction::kShift:
        return word_.append(entry.argument);
      case CharacterAction::kDrop:
        return;
      case CharacterAction::kBarrier:
        return word_.barrier();
      case CharacterAction::kSpace:
        return end_word();
      case CharacterAction::kPunctuation:
      case CharacterAction::kIdeograph:
        return take_alone(entry.argument);
      case CharacterAction::kHangul:
        return take_syllable(code_point - 0xAC00);
      case CharacterAction::kSequence:
        return take_sequence(sequence_pool().subspan(entry.argument));
    }
  }

  // Unicode 3.12: a syllable is an index into 19 leading consonants x 21 vowels x 28 trailing
  // consonants, the first of them none.
  void take_syllable(char32_t index) {
    word_.append(0x1100 + index / 588);
    word_.append(0x1161 + index % 588 / 28);
    if (index % 28 != 0) {
      word_.append(0x11A7 + index % 28);
    }
  }

  void take_sequence(std::span<const std::uint32_t> units) {
    for (const std::uint32_t unit : units.subspan(1, units[0])) {
      const char32_t code_point = unit & kUnitCodePoint;
      const auto combining_class = static_cast<std::uint8_t>(unit >> kUnitClassShift);
      if ((unit & kUnitBarrier) != 0) {
        word_.barrier();
      } else if ((unit & kUnitPunctuation) != 0) {
        take_alone(code_point);
      } else if (combining_class != 0) {
        word_.append_mark(code_point, combining_class);
      } else {
        word_.append(code_point);
      }
    }
  }

  const CharacterMap& map_;
  Sink& sink_;
  WordBuffer word_;
};

template <class Sink>
void read_words(std::string_view text, std::size_t limit, Sink& sink) {
  WordReader<Sink>(limit, sink).read(text);
}

}  // namespace wend::text
