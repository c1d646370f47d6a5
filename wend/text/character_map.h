// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "wend/text/unicode_tables.h"

namespace wend::text {

/// The runs of unicode_tables.h spread out for lookup in two steps: 256 code points a block, equal
/// blocks kept once.
class CharacterMap {
 public:
  /// Built on first use, the same for all.
  static const CharacterMap& instance();

  struct Entry {
    CharacterAction action;
    std::uint32_t argument;  ///< The code point it becomes (kKeep, kShift, kPunctuation,
                             ///< kIdeograph) or the place in the pool.
  };

  /// What becomes of a code point below 0x110000.
  Entry at(char32_t code_point) const {
    const std::uint32_t packed =
        entries_[blocks_[code_point >> 8U] * std::size_t{256} + (code_point & 0xFFU)];
    const auto action = static_cast<CharacterAction>(packed & kActionMask);
    const std::uint32_t argument = packed >> kActionBits;
    return {action, argument == 0 ? static_cast<std::uint32_t>(code_point) : argument - 1};
  }

 private:
  static constexpr std::uint32_t kActionBits = 4;
  static constexpr std::uint32_t kActionMask = 15;
  static constexpr std::size_t kBlocks = 0x110000 / 256;

  CharacterMap();

  std::array<std::uint16_t, kBlocks> blocks_{};
  std::vector<std::uint32_t> entries_;
};

}  // namespace wend::text
