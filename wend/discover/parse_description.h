// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace wend::discover {

/// The sentence of a reply that says what task a prompt sets, without quotation marks and labels
/// ("Task:") and ended by a full stop. Nothing where the reply's first line is none: it has fewer
/// than three words or more than forty (or 400 bytes), answers ("The answer is", an option's
/// letter, a program, a refusal), asks, or says what the prompt says, word by word.
std::optional<std::string> parse_description(std::string_view reply, std::string_view prompt);

}  // namespace wend::discover
