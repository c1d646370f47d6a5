// SPDX-License-Identifier: Apache-2.0
// The steps that reading a reply of one or two sentences consists of.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wend::discover {

/// A reply's lines that hold anything, without thoughts, code fences and Markdown's marks, white
/// space collapsed. Malformed UTF-8 is replaced.
std::vector<std::string> reply_lines(std::string_view reply);

/// What follows a label such as "Task:" in front, in whatever case; nothing where it is not there.
std::optional<std::string_view> after_label(std::string_view line, std::string_view label);

/// Without quotation marks around.
std::string_view without_quotes(std::string_view line);

/// Up to the first full stop that ends a sentence, which "e.g." and "3.5" do not, that included.
std::string_view first_sentence(std::string_view line);

/// Runs of characters between spaces.
std::size_t count_words(std::string_view line);

}  // namespace wend::discover
