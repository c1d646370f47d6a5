// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "wend/llm/chat.h"

namespace wend::llm {

/// What makes a reply the same reply: the ledger keeps one for each.
struct LedgerCall {
  std::span<const ChatMessage> messages;
  std::string_view model_id;  ///< Ours, not the upstream's name of it.
  const ChatParameters& parameters;
  std::uint64_t draw = 0;
};

/// SHA-256 in hex of  messages JSON, NUL, model id, NUL, parameters JSON, NUL, draw in decimal
/// (wire_render.h has the two renderings). Sent upstream as Idempotency-Key.
std::string ledger_key(const LedgerCall& call);

/// SHA-256 in hex of the messages JSON: `prompt_sha256` of a row of replies.jsonl.
std::string prompt_sha256(std::span<const ChatMessage> messages);

}  // namespace wend::llm
