// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace wend::label {

/// The program in a reply (docs/formats/metrics.md): of its fenced blocks of Python, or of no named
/// language, the last that defines `entry_point` (where one is named), else the last that defines
/// anything, else the last; without a block the whole reply. Thoughts do not count.
std::string_view code_of_reply(std::string_view reply, std::string_view entry_point);

}  // namespace wend::label
