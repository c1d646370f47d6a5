// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "wend/base/result.h"

namespace wend::cli {

/// One line of `wend embed --in`.
struct PromptLine {
  std::string id_json = "null";  ///< The id as it stood there, a JSON string or number.
  std::string context;
  std::string prompt;
};

/// Reads {"id"?, "context"?, FIELD: text}. The error says what is wrong with the line, without its
/// place; `line.id_json` is filled as far as it could be read, so that a report can name it.
base::Status parse_prompt_line(std::string_view text, const std::string& field, PromptLine& line);

/// One line of `wend route --in`.
struct RouteLine {
  std::string id_json = "null";  ///< As in PromptLine.
  std::string text;              ///< The routing text.
};

/// Reads {"id"?, "context"?, "prompt": text}, or a chat as POST /v1/route takes it, {"id"?,
/// "messages": [...], ...}. What else is in a chat must be in order, but is not looked at: the
/// command line says what to decide by. Errors are as of parse_prompt_line.
base::Status parse_route_line(std::string_view text, RouteLine& line);

/// A JSON string literal, malformed UTF-8 replaced.
std::string json_string(std::string_view text);

}  // namespace wend::cli
