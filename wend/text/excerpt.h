// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace wend::text {

/// A text as a model is shown it: of more than begin + end bytes those at its beginning and its
/// end, whole characters, and between them how many are left out. Malformed UTF-8 is replaced.
std::string excerpt(std::string_view text, std::size_t begin, std::size_t end);

}  // namespace wend::text
