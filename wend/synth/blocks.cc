// SPDX-License-Identifier: Apache-2.0
#include "wend/synth/blocks.h"

#include <algorithm>

#include <fmt/format.h>

namespace wend::synth {
namespace {

constexpr std::string_view kSpaces = " \t\r\n\f\v";

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

bool begins_with(std::string_view text, std::string_view word) {
  return text.size() >= word.size() &&
         std::equal(word.begin(), word.end(), text.begin(), [](char a, char b) {
           return lower(a) == lower(b);
         });
}

/// Without a bullet or number: "- ", "2. ".
std::string_view without_bullet(std::string_view line) {
  line = trimmed(line);
  const std::size_t number = std::min(line.find_first_not_of("0123456789"), line.size());
  const bool is_number = number > 0 && number < line.size() &&
                         (line[number] == '.' || line[number] == ')') &&
                         line.substr(number + 1).starts_with(' ');
  if (is_number) {
    line = trimmed(line.substr(number + 1));
  } else if (line.starts_with("- ") || line.starts_with("* ") || line.starts_with("#")) {
    line = trimmed(line.substr(std::min(line.find_first_not_of("-*#"), line.size())));
  }
  return line;
}

/// Takes stars away where a text begins with them, and says so.
bool take_stars(std::string_view& text) {
  const bool has_stars = text.starts_with("**");
  text = has_stars ? trimmed(text.substr(2)) : text;
  return has_stars;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(kSpaces), text.size());
  const std::size_t end = text.find_last_not_of(kSpaces);
  return end == std::string_view::npos ? std::string_view() : text.substr(begin, end + 1 - begin);
}

std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : trimmed(text)) {
    const bool is_space = kSpaces.find(c) != std::string_view::npos;
    if (!is_space) {
      line += c;
    } else if (!line.ends_with(' ')) {
      line += ' ';
    }
  }
  return line;
}

tl::expected<std::vector<std::string_view>, std::string> blocks(std::string_view reply,
                                                                std::string_view begin,
                                                                std::string_view end) {
  std::vector<std::string_view> found;
  std::size_t first = reply.find(begin);
  if (first == std::string_view::npos) {
    return tl::unexpected(fmt::format("the marker {} is not there", begin));
  }
  for (; first != std::string_view::npos; first = reply.find(begin, first)) {
    const std::size_t from = first + begin.size();
    const std::size_t to = reply.find(end, from);
    if (to == std::string_view::npos) {
      return tl::unexpected(fmt::format("it ends before the marker {}", end));
    }
    found.push_back(reply.substr(from, to - from));
    if (found.back().find(begin) != std::string_view::npos) {
      return tl::unexpected(more_than_once(begin));
    }
    first = to + end.size();
  }
  return found;
}

std::string more_than_once(std::string_view marker) {
  return fmt::format("the marker {} stands there more than once; one block is to hold all", marker);
}

tl::expected<std::string_view, std::string> block(std::string_view reply,
                                                  std::string_view begin,
                                                  std::string_view end) {
  const auto found = blocks(reply, begin, end);
  if (!found) {
    return tl::unexpected(found.error());
  }
  if (found->size() > 1) {
    return tl::unexpected(more_than_once(begin));
  }
  return found->front();
}

std::string optional_block(std::string_view reply, std::string_view begin, std::string_view end) {
  const auto found = block(reply, begin, end);
  return found ? std::string(trimmed(*found)) : std::string();
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

KeyedLine keyed_line(std::string_view line, const std::vector<std::string_view>& keys) {
  std::string_view bare = without_bullet(line);
  const bool is_bold = take_stars(bare);
  for (const std::string_view key : keys) {
    if (!begins_with(bare, key)) {
      continue;
    }
    std::string_view rest = trimmed(bare.substr(key.size()));
    const bool ends_before_colon = is_bold && take_stars(rest);
    if (!rest.starts_with(':')) {
      continue;
    }
    rest = trimmed(rest.substr(1));
    if (is_bold && !ends_before_colon && !take_stars(rest) && rest.ends_with("**")) {
      rest.remove_suffix(2);  // The whole line was bold.
    }
    return {key, rest};
  }
  return {};
}

}  // namespace wend::synth
