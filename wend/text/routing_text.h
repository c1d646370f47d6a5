// SPDX-License-Identifier: Apache-2.0
// The one rule for the text that is routed on, used alike by train, eval, route and serve: context,
// a blank line, prompt; of more than 254 pieces the first 127 and the last 127.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wend/text/wordpiece.h"

namespace wend::text {

/// Context, a blank line, prompt; the prompt alone where there is no context.
std::string routing_text(std::string_view context, std::string_view prompt);

/// [CLS] pieces [SEP] of a routing text: at most max_tokens ids (>= 4), the head and the tail of
/// what is longer. Special tokens in the text are text.
std::vector<std::int32_t> routing_ids(const WordPiece& tokenizer,
                                      std::string_view text,
                                      std::size_t max_tokens = 256);

/// [CLS] pieces [SEP] of a whole text. Special tokens in the text are text.
std::vector<std::int32_t> whole_ids(const WordPiece& tokenizer, std::string_view text);

/// Cuts whole_ids on the right to max_tokens ids (>= 2; 0: never), [SEP] still the last, as
/// `wend embed` does. Returns whether anything was cut.
bool cut_right(std::vector<std::int32_t>& ids, std::size_t max_tokens);

/// NFC with runs of white space collapsed to one space and trimmed: the key of splits, duplicates
/// and caches. Malformed UTF-8 is decoded with replacement.
std::string normalised_text(std::string_view text);

}  // namespace wend::text
