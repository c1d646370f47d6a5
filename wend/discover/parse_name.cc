// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/parse_name.h"

#include "wend/discover/reply_text.h"

namespace wend::discover {
namespace {

constexpr std::size_t kMostNameWords = 8;
constexpr std::size_t kMostNameBytes = 80;
constexpr std::size_t kFewestWords = 3;
constexpr std::size_t kMostWords = 60;
constexpr std::size_t kMostBytes = 600;

/// What stands behind a label, or alone on the line after it; nothing unless once.
std::optional<std::string_view> labelled(const std::vector<std::string>& lines,
                                         std::string_view label) {
  std::optional<std::string_view> found;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::optional<std::string_view> value = after_label(lines[i], label);
    if (!value) {
      continue;
    }
    if (found) {
      return std::nullopt;
    }
    found = value->empty() && i + 1 < lines.size() ? lines[i + 1] : *value;
  }
  return found;
}

/// Whether a name is of the form that was asked for and not of what was shown: "All requests".
bool is_the_form(std::string_view name) {
  return name.find(':') != std::string_view::npos || name.find("...") != std::string_view::npos ||
         name.find("equests") != std::string_view::npos;
}

std::string_view bare(std::string_view text) {
  text = without_quotes(text);
  while (text.ends_with('.') || text.ends_with(' ') || text.ends_with(',')) {
    text.remove_suffix(1);
  }
  return without_quotes(text);
}

}  // namespace

std::optional<TaskTitle> parse_name(std::string_view reply) {
  const std::vector<std::string> lines = reply_lines(reply);
  const auto name_line = labelled(lines, "Name");
  const auto definition_line = labelled(lines, "Definition");
  if (!name_line || !definition_line) {
    return std::nullopt;
  }
  const std::string_view name = bare(*name_line);
  const std::string_view definition = bare(*definition_line);
  const std::size_t name_words = count_words(name);
  const std::size_t words = count_words(definition);
  const bool is_name = name_words >= 1 && name_words <= kMostNameWords &&
                       name.size() <= kMostNameBytes && !is_the_form(name);
  if (!is_name || words < kFewestWords || words > kMostWords || definition.size() > kMostBytes) {
    return std::nullopt;
  }
  return TaskTitle{std::string(name), std::string(definition) + '.'};
}

}  // namespace wend::discover
