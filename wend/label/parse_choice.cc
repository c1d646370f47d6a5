// SPDX-License-Identifier: Apache-2.0
#include "wend/label/parse_choice.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "wend/label/final_answer.h"
#include "wend/label/scan.h"

namespace wend::label {
namespace {

constexpr std::size_t kLetters = 26;
constexpr std::string_view kMarks = " \t\r\n.,;:*_`'\"()[]<>{}$#-";

/// A share as it is written: "70 %", "0.7", "(70)".
std::optional<double> parse_share(std::string_view text) {
  text = trimmed(text, " \t:=()%");
  if (text.starts_with("- ")) {
    text = trimmed(text, "- ");
  }
  double share = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), share);
  const bool is_number = error == std::errc() && stop == text.data() + text.size();
  return is_number && share >= 0 && share <= 100 ? std::optional(share) : std::nullopt;
}

struct Item {
  std::size_t option = 0;
  std::optional<double> share;
};

/// Reads the items of one reply.
class ChoiceReader {
 public:
  explicit ChoiceReader(std::span<const ChoiceOption> options) : options_(options) {}

  /// A label alone, with its option's name, with a share, or a name alone.
  std::optional<Item> item(std::string_view text) const {
    text = trimmed(text, kMarks);
    if (const auto named = option_named(text)) {
      return Item{*named, {}};
    }
    for (const std::string_view word : {"option ", "choice ", "label "}) {
      if (starts_with_ascii(text, word)) {
        text = trimmed(text.substr(word.size()), kMarks);
      }
    }
    const std::size_t end = label_end(text);
    const std::optional<std::size_t> option = option_labelled(text.substr(0, end));
    if (!option) {
      return std::nullopt;
    }
    const std::string_view rest = trimmed(text.substr(end), kMarks);
    if (rest.empty() || says_option(rest, *option)) {
      return Item{*option, {}};
    }
    // Two bare numbers might be two labels.
    const bool is_apart =
        has_letters() || text.find_first_of(":=(%", end) != std::string_view::npos;
    const std::optional<double> share = is_apart ? parse_share(text.substr(end)) : std::nullopt;
    return share ? std::optional(Item{*option, share}) : std::nullopt;
  }

  /// Items apart by lines, else by semicolons, else by commas; nothing where one cannot be read.
  std::optional<std::vector<Item>> items(std::string_view text) const {
    if (const auto one = item(text)) {
      return std::vector<Item>{*one};
    }
    for (const char apart : {'\n', ';', ','}) {
      if (auto several = split_items(text, apart)) {
        return several;
      }
    }
    return std::nullopt;
  }

 private:
  std::optional<std::vector<Item>> split_items(std::string_view text, char apart) const {
    std::vector<Item> items;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find(apart), text.size());
      const std::string_view part = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      if (trimmed(part, kMarks).empty()) {
        continue;
      }
      const std::optional<Item> read = item(part);
      if (!read) {
        return std::nullopt;
      }
      items.push_back(*read);
    }
    return items.size() > 1 ? std::optional(std::move(items)) : std::nullopt;
  }

  bool has_letters() const { return options_.size() <= kLetters; }

  /// Where the label at the beginning would end; 0 where none begins there.
  std::size_t label_end(std::string_view text) const {
    if (has_letters()) {
      return text.empty() || (text.size() > 1 && is_word_at(text, 1)) ? 0 : 1;
    }
    std::size_t end = 0;
    while (end < text.size() && is_digit(text[end])) {
      ++end;
    }
    return end < text.size() && is_word_at(text, end) ? 0 : end;
  }

  std::optional<std::size_t> option_labelled(std::string_view label) const {
    for (std::size_t i = 0; i < options_.size(); ++i) {
      if (equal_ascii(label, option_label(i, options_.size()))) {
        return i;
      }
    }
    return std::nullopt;
  }

  /// Whether a text is the option's own: its name, or name and definition as they were shown.
  bool says_option(std::string_view text, std::size_t option) const {
    const ChoiceOption& own = options_[option];
    return equal_ascii(text, trimmed(own.name, kMarks)) ||
           equal_ascii(text, trimmed(own.name + ": " + own.definition, kMarks));
  }

  std::optional<std::size_t> option_named(std::string_view text) const {
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < options_.size() && !text.empty(); ++i) {
      if (!says_option(text, i)) {
        continue;
      }
      if (found) {
        return std::nullopt;
      }
      found = i;
    }
    return found;
  }

  std::span<const ChoiceOption> options_;
};

/// Each option once, and shares of all or of none.
bool is_consistent(const std::vector<Item>& items) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (items[i].option == items[j].option) {
        return false;
      }
    }
    if (items[i].share.has_value() != items[0].share.has_value()) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string option_label(std::size_t index, std::size_t count) {
  return count <= kLetters ? std::string(1, static_cast<char>('A' + static_cast<int>(index)))
                           : fmt::format("{}", index + 1);
}

std::string options_text(std::span<const ChoiceOption> options) {
  std::string text;
  for (std::size_t i = 0; i < options.size(); ++i) {
    text += fmt::format("{}{}. {}{}{}",
                        i == 0 ? "" : "\n",
                        option_label(i, options.size()),
                        options[i].name,
                        options[i].definition.empty() ? "" : ": ",
                        options[i].definition);
  }
  return text;
}

std::optional<std::vector<Choice>> parse_choice(std::string_view reply,
                                                std::span<const ChoiceOption> options,
                                                std::size_t most) {
  const auto items = ChoiceReader(options).items(final_answer(reply).text);
  if (!items || items->size() > most || !is_consistent(*items)) {
    return std::nullopt;
  }
  double sum = 0;
  for (const Item& item : *items) {
    sum += item.share.value_or(1);
  }
  if (sum <= 0) {
    return std::nullopt;
  }
  std::vector<Choice> choices;
  for (const Item& item : *items) {
    if (item.share.value_or(1) > 0) {
      choices.push_back({item.option, item.share.value_or(1) / sum});
    }
  }
  std::ranges::stable_sort(choices, std::ranges::greater(), &Choice::weight);
  return choices;
}

}  // namespace wend::label
