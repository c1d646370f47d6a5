// SPDX-License-Identifier: Apache-2.0
// The one rule for the text that is routed on, used alike by train, eval, route and serve.
//
// Of a chat it is the last user turn in its context. Routers are trained on single prompts, so the
// text shall look like one:
//   - A turn counts when something is left of it without what programs wrote into it
//     (harness_noise.h): a turn of tool results or reminders alone is passed over, back to the
//     question that the agent is still at.
//   - A turn of less than 64 bytes, "and in Python?", leans on what came before: the user turns
//     before it stand in front, until there are 64 bytes.
//   - System prompts are left out, since one long one before every question would make all
//     questions alike; so are assistants' turns, an answer begun for the model to go on with, and
//     images. Where no user turn counts, the last user turn as it stands is taken, else the last
//     system prompt, else the last text there is.
// Of a query it is context, a blank line, prompt, as one user turn. Of more than 254 pieces of
// either the first 127 and the last 127 are embedded, so a long paste keeps a question at either
// end.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wend/core/conversation.h"
#include "wend/text/wordpiece.h"

namespace wend::text {

/// The routing text of a chat: of a single user turn without a program's words its very text.
/// Any bytes will do; time and memory are linear in the turns that are taken.
std::string routing_text(const core::Conversation& conversation);

/// The routing text of a query, the same as of a chat of one user turn: context, a blank line,
/// prompt; the prompt alone where there is no context.
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
