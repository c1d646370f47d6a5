// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace wend::base {

/// The known name nearest to a misspelt one by edit distance (transpositions count one), or nothing
/// when none is near enough to be what was meant.
std::string nearest_name(std::string_view name, std::span<const std::string> known);

/// " (did you mean 'x'?)" or nothing: ready to be appended to a message.
std::string did_you_mean(std::string_view name, std::span<const std::string> known);

}  // namespace wend::base
