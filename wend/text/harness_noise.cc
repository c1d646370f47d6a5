// SPDX-License-Identifier: Apache-2.0
#include "wend/text/harness_noise.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <vector>

namespace wend::text {
namespace {

constexpr std::string_view kWhite = " \t\r\n\f\v";

/// In lower case, with hyphens, sorted. Tags that people write as well (context, document, example,
/// transcript) are not among them.
constexpr std::array<std::string_view, 35> kTags = {"additional-data",
                                                    "attached-files",
                                                    "attachments",
                                                    "bash-input",
                                                    "bash-stderr",
                                                    "bash-stdout",
                                                    "chat-history",
                                                    "command-message",
                                                    "command-name",
                                                    "conversation-history",
                                                    "conversation-summary",
                                                    "editor-context",
                                                    "editorcontext",
                                                    "environment-context",
                                                    "environment-details",
                                                    "environment-info",
                                                    "function-result",
                                                    "function-results",
                                                    "git-status",
                                                    "ide-opened-file",
                                                    "ide-selection",
                                                    "local-command-caveat",
                                                    "local-command-stderr",
                                                    "local-command-stdout",
                                                    "project-layout",
                                                    "reminderinstructions",
                                                    "system-reminder",
                                                    "task-notification",
                                                    "tool-output",
                                                    "tool-result",
                                                    "tool-results",
                                                    "tool-use-error",
                                                    "user-info",
                                                    "user-prompt-submit-hook",
                                                    "workspace-info"};
static_assert(std::ranges::is_sorted(kTags));

constexpr std::size_t kLongestTag = 24;
constexpr std::size_t kLongestAttributes = 256;

struct Tag {
  std::size_t name;  ///< Index into kTags.
  bool closing;
  std::size_t end;  ///< Behind its '>'.
};

struct Block {
  std::size_t begin;
  std::size_t end;
};

char normalised(char c) {
  return c == '_' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_name_character(char c) {
  const char low = normalised(c);
  return (low >= 'a' && low <= 'z') || (low >= '0' && low <= '9') || low == '-';
}

std::optional<std::size_t> known_tag(std::string_view name) {
  std::string wanted(name);
  std::ranges::transform(wanted, wanted.begin(), normalised);
  const auto found = std::ranges::lower_bound(kTags, std::string_view(wanted));
  return found != kTags.end() && *found == wanted
             ? std::optional(static_cast<std::size_t>(found - kTags.begin()))
             : std::nullopt;
}

/// The tag that begins at text[at], which is a '<'.
std::optional<Tag> tag_at(std::string_view text, std::size_t at) {
  const bool closing = text.substr(at + 1, 1) == "/";
  const std::string_view rest = text.substr(at + 1 + (closing ? 1 : 0));
  std::size_t length = 0;
  while (length < rest.size() && length <= kLongestTag && is_name_character(rest[length])) {
    ++length;
  }
  const std::optional<std::size_t> name = known_tag(rest.substr(0, length));
  if (!name) {
    return std::nullopt;
  }
  const std::size_t stop = rest.substr(length, kLongestAttributes).find_first_of("<>");
  if (stop == std::string_view::npos || rest[length + stop] == '<') {
    return std::nullopt;
  }
  const bool attributed = stop == 0 || kWhite.find(rest[length]) != std::string_view::npos;
  const auto end = static_cast<std::size_t>(rest.data() - text.data()) + length + stop + 1;
  return attributed ? std::optional(Tag{*name, closing, end}) : std::nullopt;
}

/// Each closing tag with the nearest opening one before it that has none yet.
std::vector<Block> blocks_of(std::string_view text) {
  std::array<std::vector<std::size_t>, kTags.size()> open;
  std::vector<Block> blocks;
  for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at)) {
    const std::optional<Tag> tag = tag_at(text, at);
    if (!tag) {
      ++at;
      continue;
    }
    std::vector<std::size_t>& begins = open.at(tag->name);
    if (!tag->closing) {
      begins.push_back(at);
    } else if (!begins.empty()) {
      blocks.push_back({begins.back(), tag->end});
      begins.pop_back();
    }
    at = tag->end;
  }
  std::ranges::sort(blocks, {}, &Block::begin);
  return blocks;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(kWhite), text.size());
  return text.substr(begin, text.find_last_not_of(kWhite) + 1 - begin);
}

}  // namespace

bool is_blank(std::string_view text) {
  return text.find_first_not_of(kWhite) == std::string_view::npos;
}

std::string without_noise(std::string_view text) {
  const std::vector<Block> blocks = blocks_of(text);
  if (blocks.empty()) {
    return std::string(text);
  }
  std::string kept;
  std::size_t done = 0;
  for (const Block& block : blocks) {
    if (block.begin > done) {
      kept += text.substr(done, block.begin - done);
    }
    done = std::max(done, block.end);
  }
  kept += text.substr(done);
  return std::string(trimmed(kept));
}

bool begins_as_tool_result(std::string_view text) {
  static constexpr std::array<std::string_view, 4> kBeginnings = {
      "Observation:", "Tool result:", "Tool output:", "Function result:"};
  const std::string_view begun = text.substr(std::min(text.find_first_not_of(kWhite), text.size()));
  const std::string_view line = begun.substr(0, begun.find('\n'));
  return (line.starts_with('[') && line.find("] Result:") != std::string_view::npos) ||
         std::ranges::any_of(kBeginnings,
                             [&](std::string_view words) { return line.starts_with(words); });
}

}  // namespace wend::text
