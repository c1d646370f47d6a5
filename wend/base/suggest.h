// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace wend::base {

/// The known name nearest to a misspelt one by edit distance (transpositions count one), else the
/// shortest that begins with it, or nothing when none is near enough to be what was meant.
std::string nearest_name(std::string_view name, std::span<const std::string> known);

/// " (did you mean 'x'?)" or nothing: ready to be appended to a message.
std::string did_you_mean(std::string_view name, std::span<const std::string> known);

/// " (did you mean it by 'x'?)" or nothing, of a name that must be there and is not, where the
/// names found instead may hold it misspelt: ready to be appended to a message.
std::string did_you_mean_it_by(std::string_view missing, std::span<const std::string> found);

}  // namespace wend::base
