// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace wend::llm {

/// A reply without what a reasoning model thought aloud. Thoughts that were cut off are all there
/// is, and no answer.
std::string_view without_thoughts(std::string_view reply);

}  // namespace wend::llm
