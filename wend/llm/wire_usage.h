// SPDX-License-Identifier: Apache-2.0
// What an upstream's answer says beside its text: read from the side, never in the way of the bytes
// that are relayed.
#pragma once

#include <string>
#include <string_view>

#include "wend/llm/chat.h"

namespace wend::llm {

/// Of a whole answer, or of the data of one event of a stream.
struct ReplyFacts {
  bool is_object = false;  ///< The whole of it is one JSON object.
  Usage usage;
  std::string finish_reason;  ///< Of the first choice; empty where it has none (yet).
  bool is_error = false;  ///< It is an error object, also inside of a stream that began with 200.
  std::string error_message;    ///< As the upstream said it.
  bool is_usage_chunk = false;  ///< Usage and no choices: the event that include_usage asks for.
};

/// Any bytes: what is no JSON, such as "[DONE]", has no facts.
ReplyFacts reply_facts(std::string_view json);

/// Its usage alone. Counts that are no whole numbers from 0 on are absent.
Usage parse_usage(std::string_view json);

}  // namespace wend::llm
