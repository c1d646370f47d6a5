// SPDX-License-Identifier: Apache-2.0
// BLEU of one text as sacreBLEU's sentence_bleu defines it: tokens of the 13a rules, n-grams up to
// four, as many orders as the text has, an order without a match smoothed by halves ("exp"), the
// brevity penalty against the reference nearest in length.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace wend::label {

/// From 0 to 1 (sacreBLEU's value over 100). Case counts. Several references are taken together, as
/// BLEU means it: an n-gram counts as often as it stands in the one that has it most often.
double bleu(std::span<const std::string> references, std::string_view text);

}  // namespace wend::label
