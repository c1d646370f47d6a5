// SPDX-License-Identifier: Apache-2.0
#include "wend/label/final_answer.h"

#include <algorithm>
#include <optional>

#include "wend/label/scan.h"
#include "wend/llm/thoughts.h"
#include "wend/text/utf8.h"

namespace wend::label {
namespace {

constexpr std::string_view kFormatting = "*_`# \t";

/// Whether the word "answer" that stands at `at` begins its line: "Answer", "## The final answer".
bool begins_line(std::string_view text, std::size_t at) {
  const auto bare = [](std::string_view lead) {
    return lead.substr(0, lead.find_last_not_of(kFormatting) + 1);
  };
  std::string_view lead = bare(text.substr(0, at));
  for (const std::string_view word : {"final", "the"}) {
    lead = ends_with_word(lead, word) ? bare(lead.substr(0, lead.size() - word.size())) : lead;
  }
  return lead.empty() || lead.back() == '\n';
}

/// A line that says nothing but "Answer" or "Final answer" is a heading over it; `at` is where the
/// word stands, `behind` where it ends. Where the heading ends, or nothing.
std::optional<std::size_t> heading_end(std::string_view text, std::size_t at, std::size_t behind) {
  const std::size_t next = text.find_first_not_of("*_` \t\r", behind);
  if (next == std::string_view::npos || text[next] != '\n') {
    return std::nullopt;
  }
  return begins_line(text, at) ? std::optional(next) : std::nullopt;
}

/// Where a marker whose word "answer" stands at `at` ends, or nothing where it is just a word:
/// "Answer:", "answer is:", "**Answer**:", "answer is", a heading.
std::optional<std::size_t> marker_end(std::string_view text, std::size_t at) {
  const std::size_t behind = at + std::string_view("answer").size();
  const auto colon_after = [text](std::size_t from) -> std::optional<std::size_t> {
    const std::size_t next = text.find_first_not_of("*_` \t\r\n", from);
    if (next == std::string_view::npos) {
      return std::nullopt;
    }
    if (text[next] == ':') {
      return next + 1;
    }
    constexpr std::string_view kWideColon = "\uFF1A";
    return text.substr(next).starts_with(kWideColon) ? std::optional(next + kWideColon.size())
                                                     : std::nullopt;
  };
  if (const auto end = colon_after(behind)) {
    return end;
  }
  const std::size_t word = text.find_first_not_of(" \t\r\n", behind);
  if (word != std::string_view::npos && word > behind && begins_word(text, word, "is")) {
    const auto end = colon_after(word + 2);
    return end ? end : word == behind + 1 ? std::optional(word + 2) : std::nullopt;
  }
  return heading_end(text, at, behind);
}

struct Marker {
  std::size_t begin = 0;
  std::size_t end = 0;
};

std::optional<Marker> last_marker(std::string_view text) {
  constexpr std::string_view kWord = "answer";
  for (std::size_t at = text.size(); at-- > 0;) {
    if (!starts_with_ascii(text.substr(at), kWord) || follows_word(text, at)) {
      continue;
    }
    if (const auto end = marker_end(text, at)) {
      return Marker{at, *end};
    }
  }
  return std::nullopt;
}

bool is_outer_mark(char32_t c) {
  constexpr std::u32string_view kOuter = U" \t\r\n.,;:!?*_`'\"()[]{}$\\“”‘’";
  return kOuter.find(c) != std::u32string_view::npos;
}

}  // namespace

std::string_view without_outer_marks(std::string_view text) {
  while (!text.empty()) {
    const text::Decoded first = text::decode_utf8(text, 0);
    if (!is_outer_mark(first.code_point)) {
      break;
    }
    text.remove_prefix(first.length);
  }
  while (!text.empty()) {
    const std::size_t last = previous_position(text, text.size());
    if (!is_outer_mark(text::decode_utf8(text, last).code_point)) {
      break;
    }
    text.remove_suffix(text.size() - last);
  }
  return text;
}

bool find_boxed(std::string_view text, std::string_view& content) {
  constexpr std::string_view kBox = "\\boxed{";
  const std::size_t box = text.rfind(kBox);
  if (box == std::string_view::npos) {
    return false;
  }
  const std::string_view inside = text.substr(box + kBox.size());
  int depth = 1;
  std::size_t end = 0;
  for (; end < inside.size(); ++end) {
    depth += inside[end] == '{' ? 1 : inside[end] == '}' ? -1 : 0;
    if (depth == 0) {
      break;
    }
  }
  content = inside.substr(0, end);
  return true;
}

FinalAnswer final_answer(std::string_view reply) {
  FinalAnswer answer{llm::without_thoughts(reply), false};
  std::string_view before = answer.text;
  while (const auto marker = last_marker(before)) {
    const std::string_view after = before.substr(marker->end);
    if (!without_outer_marks(after).empty()) {
      answer = {after, true};
      break;
    }
    before = before.substr(0, marker->begin);
    answer.text = before;
  }
  std::string_view boxed;
  if (find_boxed(answer.text, boxed) && !without_outer_marks(boxed).empty()) {
    answer = {boxed, true};
  }
  return answer;
}

std::string_view written_answer(std::string_view reply) {
  std::string_view text = llm::without_thoughts(reply);
  std::string_view before = text;
  while (const auto marker = last_marker(before)) {
    const std::string_view said = text.substr(marker->begin, marker->end - marker->begin);
    const bool is_label = said.ends_with(':') || said.ends_with("\uFF1A");
    before = before.substr(0, marker->begin);
    if (!is_label || !begins_line(text, marker->begin)) {
      continue;
    }
    const std::string_view after = text.substr(marker->end);
    if (!without_outer_marks(after).empty()) {
      return after.substr(std::min(after.find_first_not_of("*_`"), after.size()));
    }
    text = before;
  }
  return text;
}

std::string_view answer_line(const FinalAnswer& answer) {
  std::string_view found;
  for (std::size_t at = 0; at <= answer.text.size();) {
    const std::size_t end = std::min(answer.text.find('\n', at), answer.text.size());
    const std::string_view line = trimmed(answer.text.substr(at, end - at), " \t\r");
    if (!without_outer_marks(line).empty()) {
      found = line;
      if (answer.marked) {
        break;
      }
    }
    at = end + 1;
  }
  return found;
}

}  // namespace wend::label
