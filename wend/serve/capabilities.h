// SPDX-License-Identifier: Apache-2.0
// What a request needs of a model before its quality matters (pitfalls.md 21).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wend/llm/wire_request.h"
#include "wend/serve/snapshot.h"

namespace wend::serve {

struct RequestNeeds {
  bool tools = false;
  bool vision = false;
  std::int64_t prompt_tokens = 0;  ///< Estimated.
  std::int64_t answer_tokens = 0;  ///< As far as the answer is bounded.

  std::int64_t tokens() const { return prompt_tokens + answer_tokens; }
};

RequestNeeds needs_of(const llm::ChatView& view);

/// Tokens of a prompt, without any model's own tokenizer. Of a text a quarter of the ASCII bytes
/// and one for every other character, four a message: real tokenizers lie within about a third of
/// it. Of JSON (tools, functions, response_format, calls) a quarter of its bytes. An image is
/// 1,000: providers count 85 to 1,600, by its size and theirs. Audio and files are not known and
/// count nothing.
std::int64_t estimate_tokens(const llm::ChatView& view);

/// For each model of the snapshot's router, why it cannot take the request; empty where it can.
std::vector<std::string> incapable_models(const Snapshot& snapshot, const RequestNeeds& needs);

/// The field of a request that asks for what no configured model can: images, then tools, then the
/// prompt's length, then the answer's. Empty where one can take it.
std::string_view field_beyond_all(const Snapshot& snapshot, const llm::ChatView& view);

}  // namespace wend::serve
