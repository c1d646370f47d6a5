// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "wend/discover/task_title.h"

namespace wend::discover {

/// A reply's lines "Name:", of at most eight words and eighty bytes, and "Definition:", of three
/// to sixty words. Nothing where either is missing or stands twice, or the name is of the form
/// asked for and not of what was shown ("All requests").
std::optional<TaskTitle> parse_name(std::string_view reply);

}  // namespace wend::discover
