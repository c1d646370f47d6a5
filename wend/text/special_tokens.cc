// SPDX-License-Identifier: Apache-2.0
#include "wend/text/special_tokens.h"

#include <algorithm>
#include <utility>

namespace wend::text {

SpecialTokenFinder::SpecialTokenFinder(std::vector<Token> tokens)
    : longest_first_(std::move(tokens)) {
  std::stable_sort(longest_first_.begin(),
                   longest_first_.end(),
                   [](const Token& a, const Token& b) { return a.text.size() > b.text.size(); });
  for (const Token& token : longest_first_) {
    begins_[static_cast<unsigned char>(token.text.front())] = true;
  }
}

std::optional<SpecialTokenFinder::Match> SpecialTokenFinder::find(std::string_view text,
                                                                  std::size_t from) const {
  for (std::size_t at = from; at < text.size(); ++at) {
    if (!begins_[static_cast<unsigned char>(text[at])]) {
      continue;
    }
    const std::string_view rest = text.substr(at);
    for (const Token& token : longest_first_) {
      if (rest.starts_with(token.text)) {
        return Match{at, at + token.text.size(), token.id};
      }
    }
  }
  return std::nullopt;
}

}  // namespace wend::text
