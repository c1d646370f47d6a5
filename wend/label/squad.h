// SPDX-License-Identifier: Apache-2.0
// The two scores of the SQuAD data set's own evaluation. Both look at words: small letters, without
// ASCII punctuation, without the articles a, an, the, split at white space.
#pragma once

#include <string_view>

namespace wend::label {

/// The harmonic mean of precision and recall of the words of a text against those of a reference,
/// each counted as often as it occurs. Two texts without words are equal.
double squad_f1(std::string_view reference, std::string_view text);

/// Whether both have the same words in the same order.
bool squad_equal(std::string_view reference, std::string_view text);

}  // namespace wend::label
