// SPDX-License-Identifier: Apache-2.0
// Our own calls as chat JSON, and their answers back. One rendering, byte for byte the same on
// every machine, because it is hashed into the ledger key: no white space, keys sorted, UTF-8 as it
// is, only what JSON must escape escaped, whole numbers without a fraction.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "wend/base/result.h"
#include "wend/llm/chat.h"

namespace wend::llm {

/// Whether a text can be ChatParameters::extra_json: a JSON object that names neither the
/// parameters that have fields of their own nor what makes the call (model, messages, stream).
base::Status check_extra_parameters(std::string_view extra_json);

/// The parameters with further ones, the text of a JSON object, beside their own; of two of one
/// name the further one counts.
ChatParameters with_extra_body(ChatParameters parameters, const std::string& extra_body);

/// `[{"content":...,"role":...},...]`. Malformed UTF-8 is replaced.
std::string messages_json(std::span<const ChatMessage> messages);

/// The parameters as sorted JSON, `{"max_tokens":160,"temperature":0}`.
std::string parameters_json(const ChatParameters& parameters);

/// The body of POST /v1/chat/completions, not streamed.
std::string render_chat(const ChatCall& call);

/// The answer to it, of any bytes. An error object, an empty list of choices and what is no JSON
/// fail with a sentence that holds what the upstream said, cut short.
base::Result<ChatReply> parse_chat_reply(std::string_view body);

}  // namespace wend::llm
