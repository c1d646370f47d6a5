// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace wend::text {

/// A letter, a digit or number of any script, or the underscore: what makes up words.
bool is_word_character(char32_t code_point);

/// The text with its case set aside (Unicode's full case folding): "Straße" and "STRASSE" fold to
/// the same. Malformed UTF-8 is decoded with replacement.
std::string case_folded(std::string_view text);

}  // namespace wend::text
