// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/ledger_key.h"

#include "wend/base/hash.h"
#include "wend/llm/wire_render.h"

namespace wend::llm {

std::string ledger_key(const LedgerCall& call) {
  static constexpr std::string_view kNul("\0", 1);
  base::Sha256 hash;
  hash.update(messages_json(call.messages)).update(kNul);
  hash.update(call.model_id).update(kNul);
  hash.update(parameters_json(call.parameters)).update(kNul);
  hash.update(std::to_string(call.draw));
  return base::to_hex(hash.finish());
}

std::string prompt_sha256(std::span<const ChatMessage> messages) {
  return base::sha256_hex(messages_json(messages));
}

}  // namespace wend::llm
