// SPDX-License-Identifier: Apache-2.0
#include "wend/text/routing_text.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include <fmt/format.h>

#include "wend/base/check.h"
#include "wend/text/harness_noise.h"

namespace wend::text {

namespace {

using core::Conversation;
using core::Role;
using core::Turn;

/// A turn of fewer bytes leans on the turns before it. Bytes rather than letters: a script that
/// says more in a letter has longer ones.
constexpr std::size_t kStandsAlone = 64;

/// The text of the last turn that `fits` and is not blank.
template <class Fits>
const std::string* last_text(const Conversation& conversation, Fits fits) {
  const auto found =
      std::find_if(conversation.turns.rbegin(), conversation.turns.rend(), [&](const Turn& turn) {
        return fits(turn.role) && !is_blank(turn.text);
      });
  return found == conversation.turns.rend() ? nullptr : &found->text;
}

/// What a person asked, last question first, as far back as the last one leans.
std::vector<std::string> last_questions(const Conversation& conversation) {
  const auto& turns = conversation.turns;
  const auto answered = std::find_if(turns.begin(), turns.end(), [](const Turn& turn) {
    return turn.role == Role::kAssistant || turn.role == Role::kTool;
  });
  std::vector<std::string> questions;
  std::size_t bytes = 0;
  for (auto turn = turns.end(); turn != turns.begin() && bytes < kStandsAlone;) {
    --turn;
    if (turn->role != Role::kUser || is_blank(turn->text)) {
      continue;
    }
    std::string question = without_noise(turn->text);
    const bool is_result = turn > answered && begins_as_tool_result(question);
    if (!is_result && !is_blank(question)) {
      bytes += question.size();
      questions.push_back(std::move(question));
    }
  }
  return questions;
}

std::string text_without_question(const Conversation& conversation) {
  const std::string* text = last_text(conversation, [](Role role) { return role == Role::kUser; });
  if (text == nullptr) {
    text = last_text(conversation, [](Role role) { return role == Role::kSystem; });
  }
  if (text == nullptr) {
    text = last_text(conversation, [](Role) { return true; });
  }
  return text == nullptr ? std::string() : *text;
}

}  // namespace

std::string routing_text(const Conversation& conversation) {
  std::vector<std::string> questions = last_questions(conversation);
  if (questions.empty()) {
    return text_without_question(conversation);
  }
  std::string text = std::move(questions.back());
  for (auto question = std::next(questions.rbegin()); question != questions.rend(); ++question) {
    text += "\n\n";
    text += *question;
  }
  return text;
}

std::string routing_text(std::string_view context, std::string_view prompt) {
  Conversation conversation;
  conversation.turns.push_back(
      {Role::kUser,
       context.empty() ? std::string(prompt) : fmt::format("{}\n\n{}", context, prompt)});
  return routing_text(conversation);
}

std::vector<std::int32_t> whole_ids(const WordPiece& tokenizer, std::string_view text) {
  std::vector<std::int32_t> ids{tokenizer.cls_id()};
  tokenizer.pieces(text, SpecialTokens::kEscape, ids);
  ids.push_back(tokenizer.sep_id());
  return ids;
}

namespace {

/// Of a text that is far longer than what is kept, so many bytes at either end are tokenised first.
constexpr std::size_t kSliceBytes = 16 << 10;

/// The ids of a long text from its two ends alone, which are the same as of all of it: words do not
/// see beyond the blank between them. Nothing where an end has no blank to cut at or gives fewer
/// pieces than are kept.
std::optional<std::vector<std::int32_t>> ids_of_ends(const WordPiece& tokenizer,
                                                     std::string_view text,
                                                     std::size_t max_tokens) {
  const std::size_t head_end = text.rfind(' ', kSliceBytes);
  const std::size_t tail_begin = text.find(' ', text.size() - kSliceBytes);
  if (head_end == std::string_view::npos || tail_begin == std::string_view::npos) {
    return std::nullopt;
  }
  std::vector<std::int32_t> head{tokenizer.cls_id()};
  std::vector<std::int32_t> tail;
  tokenizer.pieces(text.substr(0, head_end), SpecialTokens::kEscape, head);
  tokenizer.pieces(text.substr(tail_begin), SpecialTokens::kEscape, tail);
  tail.push_back(tokenizer.sep_id());
  const std::size_t kept_tail = max_tokens / 2;
  const std::size_t kept_head = max_tokens - kept_tail;
  if (head.size() < kept_head || tail.size() < kept_tail) {
    return std::nullopt;
  }
  head.resize(kept_head);
  head.insert(head.end(), tail.end() - static_cast<std::ptrdiff_t>(kept_tail), tail.end());
  return head;
}

}  // namespace

std::vector<std::int32_t> routing_ids(const WordPiece& tokenizer,
                                      std::string_view text,
                                      std::size_t max_tokens) {
  CHECK(max_tokens >= 4, "routing_ids of at most {} ids", max_tokens);
  if (text.size() > 4 * kSliceBytes) {
    if (auto ids = ids_of_ends(tokenizer, text, max_tokens)) {
      return *std::move(ids);
    }
  }
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
