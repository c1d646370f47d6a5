// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace wend::label {

/// The options of a multiple-choice prompt by their letter, A to J: its lines "A. text", "A) text",
/// "(A) text" or "A: text", counted from A without a gap (of two lists the last); empty where there
/// are none.
using Options = std::map<char, std::string>;

Options options_of(std::string_view prompt);

/// The option that an answer line names: by its whole text, by the letter in front, or by the one
/// letter that it singles out ("I choose B", "so (C) is right"). Letters that are denied ("not A")
/// do not count; where two remain, none is named.
std::optional<char> chosen_option(std::string_view line, const Options& options);

}  // namespace wend::label
