// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace wend::label {

/// What exact match compares: case, the punctuation around, a leading article and spacing set
/// aside. Malformed UTF-8 is decoded with replacement.
std::string normalised_answer(std::string_view text);

/// What the F1 of words counts: the words of the text without case, punctuation and the articles a,
/// an, the (the normalisation of the SQuAD data set).
std::vector<std::string> answer_words(std::string_view text);

/// The harmonic mean of precision and recall of the words of a reply against those of a reference,
/// each counted as often as it occurs. Two texts without words are equal.
double word_f1(std::string_view reference, std::string_view reply);

}  // namespace wend::label
