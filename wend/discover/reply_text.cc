// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/reply_text.h"

#include <array>

#include "wend/llm/thoughts.h"
#include "wend/text/characters.h"
#include "wend/text/routing_text.h"
#include "wend/text/utf8.h"

namespace wend::discover {
namespace {

constexpr std::array<std::string_view, 7> kQuotes = {
    "\"", "'", "\u201c", "\u201d", "\u2018", "\u2019", "`"};

/// From here on scripts are written without spaces, and a character stands for a word.
constexpr char32_t kFirstIdeograph = 0x2E80;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// A line without the marks of lists, headings and quotations in front, and none of bold type.
std::string without_markdown(std::string_view line) {
  while (line.starts_with("#") || line.starts_with("> ") || line.starts_with("- ") ||
         line.starts_with("* ")) {
    line.remove_prefix(1);
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  }
  std::string bare;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const std::string_view there = line.substr(i, 2);
    if (there == "**" || there == "__") {
      ++i;
    } else {
      bare += line[i];
    }
  }
  return bare;
}

/// Whether what stands before a full stop is no word that ends a sentence: "e.g", "U.S", "vs".
bool is_abbreviation(std::string_view before) {
  const std::size_t space = before.rfind(' ');
  const std::string_view word = before.substr(space == std::string_view::npos ? 0 : space + 1);
  const bool is_letter = word.size() < 2 || word[word.size() - 2] == '.';
  return is_letter || word == "vs" || word == "etc" || word == "Dr" || word == "Mr" || word == "No";
}

}  // namespace

std::vector<std::string> reply_lines(std::string_view reply) {
  std::vector<std::string> lines;
  reply = llm::without_thoughts(reply);
  while (!reply.empty()) {
    const std::size_t end = std::min(reply.find('\n'), reply.size());
    std::string line = without_markdown(text::normalised_text(reply.substr(0, end)));
    if (!line.empty()) {
      lines.push_back(std::move(line));
    }
    reply.remove_prefix(std::min(end + 1, reply.size()));
  }
  return lines;
}

std::optional<std::string_view> after_label(std::string_view line, std::string_view label) {
  if (line.size() <= label.size() || line[label.size()] != ':') {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < label.size(); ++i) {
    if (lower(line[i]) != lower(label[i])) {
      return std::nullopt;
    }
  }
  line.remove_prefix(label.size() + 1);
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  return line;
}

std::string_view without_quotes(std::string_view line) {
  for (const std::string_view quote : kQuotes) {
    if (line.starts_with(quote)) {
      line.remove_prefix(quote.size());
      break;
    }
  }
  for (const std::string_view quote : kQuotes) {
    if (line.ends_with(quote)) {
      line.remove_suffix(quote.size());
      break;
    }
  }
  return line;
}

std::string_view first_sentence(std::string_view line) {
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    const bool is_stop =
        line[i] == '!' || line[i] == '?' || (line[i] == '.' && !is_abbreviation(line.substr(0, i)));
    if (is_stop && line[i + 1] == ' ') {
      return line.substr(0, i + 1);
    }
  }
  return line;
}

std::size_t count_words(std::string_view line) {
  std::size_t words = 0;
  bool is_inside = false;
  for (std::size_t i = 0; i < line.size();) {
    const text::Decoded next = text::decode_utf8(line, i);
    const bool is_space = text::is_white_space(next.code_point);
    const bool stands_alone = next.code_point >= kFirstIdeograph;
    words += stands_alone || (!is_space && !is_inside) ? 1 : 0;
    is_inside = !is_space && !stands_alone;
    i += next.length;
  }
  return words;
}

}  // namespace wend::discover
