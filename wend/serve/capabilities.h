// SPDX-License-Identifier: Apache-2.0
// What a request needs of a model before its quality matters (pitfalls.md 21).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "wend/llm/wire_request.h"
#include "wend/serve/snapshot.h"

namespace wend::serve {

struct RequestNeeds {
  bool tools = false;
  bool vision = false;
  std::int64_t tokens =
      0;  ///< Of the prompt, estimated, and of the answer, as far as it is bounded.
};

RequestNeeds needs_of(const llm::ChatView& view);

/// Tokens of a conversation, without any model's own tokenizer: a quarter of the ASCII bytes, one
/// for every other character, four a message. Real tokenizers lie within about a third of it.
std::int64_t estimate_tokens(const core::Conversation& conversation);

/// For each model of the snapshot's router, why it cannot take the request; empty where it can.
std::vector<std::string> incapable_models(const Snapshot& snapshot, const RequestNeeds& needs);

}  // namespace wend::serve
