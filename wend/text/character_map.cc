// SPDX-License-Identifier: Apache-2.0
#include "wend/text/character_map.h"

#include <algorithm>
#include <map>

namespace wend::text {
namespace {

// An argument of 0 stands for the code point itself, so that a block of one action is equal to
// every other such block.
std::uint32_t argument_of(const CharacterRun& run, std::uint32_t code_point) {
  if (run.action == CharacterAction::kSequence) {
    return static_cast<std::uint32_t>(run.argument) + 1;
  }
  return run.argument == 0
             ? 0
             : static_cast<std::uint32_t>(static_cast<std::int32_t>(code_point) + run.argument) + 1;
}

}  // namespace

const CharacterMap& CharacterMap::instance() {
  static const CharacterMap kMap;
  return kMap;
}

CharacterMap::CharacterMap() {
  const std::span<const CharacterRun> runs = character_runs();
  std::map<std::array<std::uint32_t, 256>, std::uint16_t> seen;
  std::size_t next = 0;
  for (std::size_t block = 0; block < kBlocks; ++block) {
    std::array<std::uint32_t, 256> entries{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      const auto code_point = static_cast<std::uint32_t>(block * 256) + i;
      while (next < runs.size() && runs[next].last < code_point) {
        ++next;
      }
      if (next < runs.size() && runs[next].first <= code_point) {
        entries[i] = (argument_of(runs[next], code_point) << kActionBits) |
                     static_cast<std::uint32_t>(runs[next].action);
      }
    }
    const auto [place, fresh] =
        seen.emplace(entries, static_cast<std::uint16_t>(entries_.size() / 256));
    if (fresh) {
      entries_.insert(entries_.end(), entries.begin(), entries.end());
    }
    blocks_[block] = place->second;
  }
}

}  // namespace wend::text
