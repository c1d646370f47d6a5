// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace wend::label {

/// Which of `names` a reply names. A reply may be a name and nothing else, in quotation marks,
/// Markdown or JSON, or hold one in a sentence; letters compare
/// without regard to ASCII case, unless names differ in nothing else. Nothing where it is not
/// certain which is meant: several are named, the one is named behind a "not", or what stands there
/// is the name of something else that begins or ends with one of these ("small-2", "vendor/small").
/// Of names that hold one another, the longest that stands there is meant.
std::optional<std::size_t> parse_named(std::string_view reply, std::span<const std::string> names);

}  // namespace wend::label
