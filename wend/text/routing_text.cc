// SPDX-License-Identifier: Apache-2.0
#include "wend/text/routing_text.h"

#include <fmt/format.h>

#include "wend/base/check.h"

namespace wend::text {

std::string routing_text(std::string_view context, std::string_view prompt) {
  return context.empty() ? std::string(prompt) : fmt::format("{}\n\n{}", context, prompt);
}

std::vector<std::int32_t> whole_ids(const WordPiece& tokenizer, std::string_view text) {
  std::vector<std::int32_t> ids{tokenizer.cls_id()};
  tokenizer.pieces(text, SpecialTokens::kEscape, ids);
  ids.push_back(tokenizer.sep_id());
  return ids;
}

std::vector<std::int32_t> routing_ids(const WordPiece& tokenizer,
                                      std::string_view text,
                                      std::size_t max_tokens) {
  CHECK(max_tokens >= 4, "routing_ids of at most {} ids", max_tokens);
  std::vector<std::int32_t> ids = whole_ids(tokenizer, text);
  if (ids.size() > max_tokens) {
    const auto head = static_cast<std::ptrdiff_t>(max_tokens - max_tokens / 2);
    const auto tail = static_cast<std::ptrdiff_t>(max_tokens / 2);
    ids.erase(ids.begin() + head, ids.end() - tail);
  }
  return ids;
}

bool cut_right(std::vector<std::int32_t>& ids, std::size_t max_tokens) {
  CHECK(max_tokens == 0 || max_tokens >= 2, "cut_right to {} ids", max_tokens);
  if (max_tokens == 0 || ids.size() <= max_tokens) {
    return false;
  }
  ids[max_tokens - 1] = ids.back();
  ids.resize(max_tokens);
  return true;
}

}  // namespace wend::text
