// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace wend::label {

/// Mathematics as it is typed on a keyboard: LaTeX, Markdown and Unicode spellings of one thing
/// become one. `\frac{1}{2}` and `½` are ` 1/2`, the minus signs of Unicode are `-`, `\times`, `×`
/// and `·` are `*`, superscripts are `^3`, `1{,}000` is `1,000`, a narrow or no-break space between
/// thousands is `_`, `\text{cm}` is ` cm `, dollar signs and bold marks go. Any bytes may come in;
/// malformed UTF-8 stays as it is.
std::string plain_math(std::string_view text);

}  // namespace wend::label
