// SPDX-License-Identifier: Apache-2.0
#include "wend/label/options.h"

#include <algorithm>
#include <array>
#include <set>

#include "wend/label/final_answer.h"
#include "wend/label/scan.h"
#include "wend/label/words.h"

namespace wend::label {
namespace {

constexpr char kLastLetter = 'J';

struct Option {
  char letter = 0;
  std::string_view text;
};

/// "A. text", "A) text", "(A) text", "A: text".
std::optional<Option> option_in(std::string_view line) {
  line = trimmed(line, " \t\r*");
  const bool in_brackets = line.starts_with("(");
  line.remove_prefix(in_brackets ? 1 : 0);
  if (line.size() < 3 || line[0] < 'A' || line[0] > kLastLetter) {
    return std::nullopt;
  }
  const bool is_closed = in_brackets
                             ? line[1] == ')'
                             : std::string_view(".):").find(line[1]) != std::string_view::npos;
  const std::string_view text = trimmed(line.substr(2), " \t\r");
  const bool has_space = line[2] == ' ' || line[2] == '\t' || line[2] == '*';
  return is_closed && has_space && !text.empty() ? std::optional(Option{line[0], text})
                                                 : std::nullopt;
}

std::optional<char> by_text(std::string_view bare, const Options& options) {
  const std::string wanted = normalised_answer(bare);
  for (const auto& [letter, text] : options) {
    if (wanted == normalised_answer(text) ||
        wanted == normalised_answer(std::string(1, letter) + " " + text)) {
      return letter;
    }
  }
  return std::nullopt;
}

bool is_letter(char c) {
  return c >= 'A' && c <= kLastLetter;
}

/// Whether what stands behind a letter in front sets it off as one: "B", "B.", "B)", "B - Queue". A
/// bare capital before a word is not enough: "A stack" may be an article.
bool is_set_off(std::string_view behind) {
  if (behind.empty() || std::string_view(").:,*").find(behind.front()) != std::string_view::npos) {
    return true;
  }
  const std::string_view words = trimmed(behind, " \t\r");
  if (words.size() == behind.size()) {
    return false;
  }
  return words.empty() || words.front() == '-' || words.front() == '(' || words.starts_with("–") ||
         words.starts_with("—");
}

std::optional<char> by_letter_in_front(std::string_view bare) {
  if (bare.size() == 1 && is_letter(static_cast<char>(bare[0] & ~0x20))) {
    return static_cast<char>(bare[0] & ~0x20);
  }
  for (const std::string_view word : {"option ", "choice "}) {
    bare.remove_prefix(starts_with_ascii(bare, word) ? word.size() : 0);
  }
  bare = without_outer_marks(bare);
  return !bare.empty() && is_letter(bare[0]) && is_set_off(bare.substr(1)) ? std::optional(bare[0])
                                                                           : std::nullopt;
}

/// Words that announce a letter.
constexpr std::array<std::string_view, 6> kAnnouncing = {
    "option", "choice", "choose", "pick", "select", "answer"};

bool is_denied(std::string_view before) {
  std::string_view words = trimmed(before, " \t(*\"'");
  for (const std::string_view word : kAnnouncing) {
    words = ends_with_word(words, word) ? trimmed(words.substr(0, words.size() - word.size()), " ")
                                        : words;
  }
  return ends_with_word(words, "not") || ends_with_ascii(words, "n't") ||
         ends_with_word(words, "rather than") || ends_with_word(words, "instead of");
}

/// Whether a line singles the letter at `at` out: by brackets, or as a capital that a word like
/// "option" announces or with which the line ends.
bool is_singled_out(std::string_view line, std::size_t at) {
  const std::string_view before = line.substr(0, at);
  const std::string_view behind = line.substr(at + 1);
  if (before.ends_with("(") && behind.starts_with(")")) {
    return true;
  }
  if (follows_word(line, at) || is_word_at(line, at + 1)) {
    return false;
  }
  const std::string_view words = trimmed(before, " \t(*\"'");
  for (const std::string_view word : kAnnouncing) {
    if (ends_with_word(words, word)) {
      return line[at] != 'A' || is_set_off(behind);
    }
  }
  return without_outer_marks(behind).empty() && line[at] != 'I';
}

std::optional<char> by_singled_out_letter(std::string_view line) {
  std::set<char> letters;
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (is_letter(line[at]) && is_singled_out(line, at) && !is_denied(line.substr(0, at))) {
      letters.insert(line[at]);
    }
  }
  return letters.size() == 1 ? std::optional(*letters.begin()) : std::nullopt;
}

}  // namespace

Options options_of(std::string_view prompt) {
  Options options;
  for (std::size_t at = 0; at < prompt.size();) {
    const std::size_t end = std::min(prompt.find('\n', at), prompt.size());
    const auto option = option_in(prompt.substr(at, end - at));
    at = end + 1;
    if (!option) {
      continue;
    }
    if (option->letter == 'A') {
      options.clear();
    }
    const char next = static_cast<char>('A' + options.size());
    if (option->letter == next) {
      options[next] = option->text;
    }
  }
  return options;
}

std::optional<char> chosen_option(std::string_view line, const Options& options) {
  const std::string_view bare = without_outer_marks(line);
  if (bare.empty()) {
    return std::nullopt;
  }
  std::optional<char> letter = by_text(bare, options);
  if (!letter) {
    letter = by_letter_in_front(bare);
  }
  if (!letter) {
    letter = by_singled_out_letter(line);
  }
  const bool is_known = letter && (options.empty() || options.contains(*letter));
  return is_known ? letter : std::nullopt;
}

}  // namespace wend::label
