// SPDX-License-Identifier: Apache-2.0
// The one way a JSON object of somebody else's making comes in: a line of JSONL, pools.json.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>
#include <tl/expected.hpp>

namespace wend::base {

/// Why a text is no JSON object.
struct JsonFault {
  std::string reason;    ///< Short, from a handful: to be counted.
  std::string sentence;  ///< About this very text.
  std::size_t line = 1;  ///< Of the text, from 1, where the parser stopped.
};

/// Any bytes may come in. Stricter than JSON: no key of the outermost object may stand twice (of
/// two equal keys the last would win in silence), nesting ends at 64 levels (the library's writer
/// is recursive).
tl::expected<nlohmann::json, JsonFault> parse_json_object(std::string_view text);

}  // namespace wend::base
