// SPDX-License-Identifier: Apache-2.0
// What programs write in the user's name. Coding agents put reminders, the state of the editor,
// listings and what tools gave back into turns of role "user"; it is much alike from call to call,
// and routed on as it stands it would make every prompt look like every other. Two shapes are told
// from what a person writes: a closed block of a tag that agents use, <system-reminder> ...
// </system-reminder>, and a whole turn that begins as a tool's answer does.
#pragma once

#include <string>
#include <string_view>

namespace wend::text {

/// The text without such blocks, and then trimmed; the very text where it holds none. An opening
/// tag whose end never comes is text. Linear in the length, but for sorting the blocks.
std::string without_noise(std::string_view text);

/// Whether a turn begins as a tool's answer: "[read_file for 'x'] Result:", "Observation: ...".
bool begins_as_tool_result(std::string_view text);

/// Whether it holds nothing but white space.
bool is_blank(std::string_view text);

}  // namespace wend::text
