// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace wend::label {

/// What exact match compares: case, the punctuation around, a leading article and spacing set
/// aside. Malformed UTF-8 is decoded with replacement.
std::string normalised_answer(std::string_view text);

/// The pieces of a text between white space, as Python's str.split makes them. Borrows the text.
std::vector<std::string_view> split_words(std::string_view text);

/// The text without the white space at its end, as Python's str.rstrip leaves it.
std::string_view without_space_at_end(std::string_view text);

}  // namespace wend::label
