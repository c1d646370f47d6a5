// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace wend::label {

/// ROUGE-L: the F-measure of the longest common subsequence of tokens, as the package rouge-score
/// has it without its stemmer. Tokens are runs of ASCII letters and digits in small letters, so
/// that a text in another script has none and scores 0.
double rouge_l(std::string_view reference, std::string_view text);

}  // namespace wend::label
