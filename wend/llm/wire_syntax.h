// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "wend/llm/wire_request.h"

namespace wend::llm {

/// The fault of a body that is no JSON: where, and what is wrong there. `near` is where the walk
/// gave up, where it got so far. Only refused bodies come here, so the slower parser that knows
/// reasons reads them again, but no more than the first quarter of a megabyte.
RequestFault syntax_fault(std::string_view body, std::optional<std::size_t> near);

}  // namespace wend::llm
