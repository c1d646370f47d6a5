// SPDX-License-Identifier: Apache-2.0
#include "wend/label/code_block.h"

#include <algorithm>
#include <array>
#include <vector>

#include "wend/label/final_answer.h"
#include "wend/label/scan.h"
#include "wend/llm/thoughts.h"

namespace wend::label {
namespace {

/// A line of three or more ` or ~, and what stands behind them.
struct Fence {
  char mark = 0;  ///< 0: the line is none.
  std::size_t length = 0;
  std::string_view rest;
};

Fence fence_of(std::string_view line) {
  line = trimmed(line, " \t\r");
  if (line.empty() || (line[0] != '`' && line[0] != '~')) {
    return {};
  }
  const std::size_t length = std::min(line.find_first_not_of(line[0]), line.size());
  const std::string_view rest = trimmed(line.substr(length), " \t");
  const bool is_code_in_a_line = rest.find('`') != std::string_view::npos;
  return length < 3 || is_code_in_a_line ? Fence{} : Fence{line[0], length, rest};
}

bool closes(const Fence& fence, const Fence& open) {
  return fence.mark == open.mark && fence.length >= open.length && fence.rest.empty();
}

bool is_python(std::string_view language) {
  constexpr std::array<std::string_view, 4> kWords = {"", "python", "python3", "py"};
  const std::string_view word = language.substr(0, language.find_first_of(" \t{:"));
  return std::ranges::any_of(kWords,
                             [&](std::string_view known) { return equal_ascii(word, known); });
}

/// What stands between fences; a block that was cut off goes to the end.
std::vector<std::string_view> python_blocks(std::string_view text) {
  std::vector<std::string_view> blocks;
  Fence open;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::size_t next = std::min(end + 1, text.size());
    const Fence fence = fence_of(text.substr(at, end - at));
    if (open.mark == 0 && fence.mark != 0) {
      open = fence;
      begin = next;
    } else if (open.mark != 0 && closes(fence, open)) {
      if (is_python(open.rest)) {
        blocks.push_back(text.substr(begin, at - begin));
      }
      open = {};
    }
    at = next;
  }
  if (open.mark != 0 && is_python(open.rest)) {
    blocks.push_back(text.substr(begin));
  }
  return blocks;
}

/// Whether a line of the code begins with "def NAME" or, without a name, with any definition.
bool defines(std::string_view code, std::string_view name) {
  for (const std::string_view keyword : {"def ", "class "}) {
    for (std::size_t at = code.find(keyword); at != std::string_view::npos;
         at = code.find(keyword, at + 1)) {
      const std::size_t line = at == 0 ? 0 : code.rfind('\n', at - 1) + 1;
      const std::string_view lead = trimmed(code.substr(line, at - line), " \t");
      const std::size_t word =
          std::min(code.find_first_not_of(' ', at + keyword.size()), code.size());
      if ((lead.empty() || lead == "async") && (name.empty() || begins_word(code, word, name))) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

std::string_view code_of_reply(std::string_view reply, std::string_view entry_point) {
  const std::string_view text = llm::without_thoughts(reply);
  const std::vector<std::string_view> blocks = python_blocks(text);
  if (blocks.empty()) {
    return text;
  }
  for (const std::string_view name : {entry_point, std::string_view()}) {
    const auto found = std::find_if(
        blocks.rbegin(), blocks.rend(), [&](std::string_view code) { return defines(code, name); });
    if (found != blocks.rend()) {
      return *found;
    }
  }
  return blocks.back();
}

}  // namespace wend::label
