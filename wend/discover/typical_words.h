// SPDX-License-Identifier: Apache-2.0
// Which words a set of texts has before all others: p log(p / q) of a word that the share p of the
// set's texts holds and the share q of all (the set's part of the Kullback-Leibler divergence, kin
// to class-based TF-IDF). A text counts once however often it says a word, so that one long text
// decides nothing, and a word that all sets hold weighs nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wend::discover {

/// Of each set (indices of texts) at most `most` words in small letters, the most typical first:
/// no numbers, no English function words, none that is another with an ending, and, in sets of more
/// than one text, none that a single one holds. Of each text the first 2,000 bytes are read.
std::vector<std::vector<std::string>> typical_words(
    std::span<const std::string_view> texts,
    std::span<const std::vector<std::uint32_t>> sets,
    std::size_t most);

}  // namespace wend::discover
