// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace wend::discover {

/// The text on one line: well-formed UTF-8, runs of white space and control characters one blank,
/// none at the ends; after `most` code points an ellipsis.
std::string one_line(std::string_view text, std::size_t most);

/// one_line() as it stands in HTML.
std::string html_line(std::string_view text, std::size_t most = 1'000);

/// 12345 -> "12,345".
std::string grouped(std::size_t number);

}  // namespace wend::discover
