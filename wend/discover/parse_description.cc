// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/parse_description.h"

#include <algorithm>
#include <array>
#include <span>

#include "wend/discover/reply_text.h"
#include "wend/text/characters.h"
#include "wend/text/routing_text.h"

namespace wend::discover {
namespace {

constexpr std::size_t kFewestWords = 3;
constexpr std::size_t kMostWords = 40;
constexpr std::size_t kMostBytes = 400;
/// So many words in a row that the prompt has too are a quotation; "Write a poem" is none.
constexpr std::size_t kQuotation = 8;

bool contains_any(std::string_view text, std::span<const std::string_view> parts) {
  return std::ranges::any_of(
      parts, [&](std::string_view part) { return text.find(part) != std::string_view::npos; });
}

bool begins_with_any(std::string_view text, std::span<const std::string_view> parts) {
  return std::ranges::any_of(parts, [&](std::string_view part) { return text.starts_with(part); });
}

/// "A. argon", "(B) argon", "c) argon", and the letter alone.
bool begins_with_option(std::string_view line) {
  const std::size_t letter = line.starts_with('(') ? 1 : 0;
  if (line.size() <= letter || !((line[letter] | 0x20) >= 'a' && (line[letter] | 0x20) <= 'z')) {
    return false;
  }
  return line.size() == letter + 1 ||
         std::string_view(".):").find(line[letter + 1]) != std::string_view::npos;
}

/// Whether a line, in small letters, answers the prompt, refuses to or says the question back.
bool is_no_description(std::string_view line, std::string_view small) {
  constexpr std::array<std::string_view, 9> kAnswers = {"answer:",
                                                        "the answer",
                                                        "the correct",
                                                        "i'm sorry",
                                                        "i am sorry",
                                                        "sorry,",
                                                        "i can",
                                                        "as an ai",
                                                        "here is"};
  constexpr std::array<std::string_view, 3> kSaid = {"answer is", "\\boxed", "kind of task"};
  constexpr std::array<std::string_view, 4> kPrograms = {"```", "def ", "import ", "#include"};
  return begins_with_option(line) || begins_with_any(small, kAnswers) ||
         contains_any(small, kSaid) || begins_with_any(line, kPrograms);
}

/// The next word and the space behind it, taken off.
std::string_view take_word(std::string_view& line) {
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

/// What a sentence may begin with that says nothing of the prompt, the longest first.
constexpr std::array<std::string_view, 6> kLeads = {"This is a ... task that asks to ",
                                                    "This is a task that asks to ",
                                                    "This is a task that requires to ",
                                                    "This is a ",
                                                    "This is an ",
                                                    "This is the "};

/// Without "This is a" or "The request asks to", which all sentences would have in common.
std::string_view without_lead(std::string_view line) {
  for (const std::string_view lead : kLeads) {
    if (line.starts_with(lead)) {
      return line.substr(lead.size());
    }
  }
  constexpr std::array<std::string_view, 6> kNouns = {
      "request", "prompt", "task", "question", "user", "problem"};
  constexpr std::array<std::string_view, 5> kVerbs = {
      "asks", "wants", "is", "requires", "requests"};
  const std::string small = text::lower_case(line);
  std::string_view rest = small;
  std::string_view word = take_word(rest);
  if (word == "the" || word == "this") {
    word = take_word(rest);
  }
  if (std::ranges::find(kNouns, word) != kNouns.end()) {
    word = take_word(rest);
  }
  if (std::ranges::find(kVerbs, word) == kVerbs.end()) {
    return line;
  }
  word = take_word(rest);
  if (word == "you" || word == "one") {
    word = take_word(rest);
  }
  // Small letters may take other bytes than large ones, so that places do not carry over.
  return word == "to" && small.size() == line.size() ? line.substr(line.size() - rest.size())
                                                     : line;
}

bool is_quotation(std::string_view sentence, std::string_view prompt) {
  if (count_words(sentence) < kQuotation) {
    return false;
  }
  const std::string all = text::lower_case(text::normalised_text(prompt));
  return all.find(text::lower_case(sentence)) != std::string::npos;
}

std::string_view without_labels(std::string_view line) {
  for (const std::string_view label : {"Task", "Description", "Sentence", "Request", "Reply"}) {
    line = after_label(line, label).value_or(line);
  }
  return line;
}

}  // namespace

std::optional<std::string> parse_description(std::string_view reply, std::string_view prompt) {
  const std::vector<std::string> lines = reply_lines(reply);
  if (lines.empty()) {
    return std::nullopt;
  }
  const std::string_view line = without_labels(without_quotes(without_labels(lines.front())));
  if (is_no_description(line, text::lower_case(line))) {
    return std::nullopt;
  }
  std::string_view sentence = without_lead(without_quotes(first_sentence(line)));
  while (!sentence.empty() &&
         std::string_view(".:! ").find(sentence.back()) != std::string_view::npos) {
    sentence.remove_suffix(1);
  }
  const std::size_t words = count_words(sentence);
  if (words < kFewestWords || words > kMostWords || sentence.size() > kMostBytes ||
      sentence.ends_with('?') || sentence.ends_with(" to") ||
      sentence.find("...") != std::string_view::npos || is_quotation(sentence, prompt)) {
    return std::nullopt;
  }
  std::string description(sentence);
  if (description.front() >= 'a' && description.front() <= 'z') {
    description.front() = static_cast<char>(description.front() - 'a' + 'A');
  }
  return description + '.';
}

}  // namespace wend::discover
