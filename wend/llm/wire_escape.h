// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace wend::llm {

/// Appends what stands between the quotation marks of a JSON string to `out`; without `out` it only
/// checks. False for an escape that JSON does not know and for half of a surrogate pair. It runs
/// from backslash to backslash, so that a long text costs two passes of the memory.
bool unescape(std::string_view raw, std::string* out);

/// Whether a token is a number, true, false or null, to the letter. Numbers may be of any size.
bool is_plain_scalar(std::string_view token);

/// The text as a JSON string with its quotation marks; malformed UTF-8 is replaced.
std::string json_literal(std::string_view text);

/// At most 64 bytes of a text, cut between code points: what a sentence shows of a caller's text.
std::string shortened(std::string_view text);

}  // namespace wend::llm
