// SPDX-License-Identifier: Apache-2.0
#include "wend/label/parse_named.h"

#include <algorithm>
#include <array>
#include <vector>

#include "wend/label/final_answer.h"
#include "wend/label/scan.h"

namespace wend::label {
namespace {

bool is_name_letter(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// What joins parts of a name and, at the end of one, is a mark of the sentence.
bool is_joint(char c) {
  return std::string_view("-./:@+").find(c) != std::string_view::npos;
}

/// Whether the name before `end` goes on there.
bool goes_on(std::string_view text, std::size_t end) {
  if (end < text.size() && is_name_letter(text[end])) {
    return true;
  }
  return end + 1 < text.size() && is_joint(text[end]) && is_name_letter(text[end + 1]);
}

/// Whether the name at `begin` began before.
bool began_before(std::string_view text, std::size_t begin) {
  if (begin > 0 && is_name_letter(text[begin - 1])) {
    return true;
  }
  return begin > 1 && is_joint(text[begin - 1]) && is_name_letter(text[begin - 2]);
}

struct Place {
  std::size_t begin = 0;
  std::size_t length = 0;
  std::optional<std::size_t> name;  ///< Nothing where two are spelt so but for the case.
};

/// The longest of the names that stands at `begin`, whole.
std::optional<Place> name_at(std::string_view text,
                             std::size_t begin,
                             std::span<const std::string> names) {
  std::optional<Place> best;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string_view there = text.substr(begin, names[i].size());
    if (there.empty() || !equal_ascii(there, names[i]) || goes_on(text, begin + there.size())) {
      continue;
    }
    const bool is_longer = !best || there.size() > best->length;
    if (is_longer || (there == names[i] && there.size() == best->length)) {
      best = Place{begin, there.size(), i};
    } else if (there.size() == best->length && best->name && there != names[*best->name]) {
      best->name.reset();
    }
  }
  return best;
}

std::vector<Place> places_of_names(std::string_view text, std::span<const std::string> names) {
  std::vector<Place> places;
  for (std::size_t at = 0; at < text.size();) {
    const auto place = began_before(text, at) ? std::nullopt : name_at(text, at, names);
    if (place) {
      places.push_back(*place);
    }
    at += place ? place->length : 1;
  }
  return places;
}

/// Whether the sentence up to `at` says what is not to be taken.
bool is_denied(std::string_view text, std::size_t at) {
  constexpr std::array<std::string_view, 6> kDenials = {
      "not", "cannot", "never", "avoid", "instead of", "rather than"};
  const std::string_view before = text.substr(0, at);
  const std::size_t ended = before.find_last_of(".!?;\n");
  const std::string_view sentence = before.substr(ended == std::string_view::npos ? 0 : ended + 1);
  for (std::size_t i = 0; i < sentence.size(); ++i) {
    const bool is_word = std::ranges::any_of(
        kDenials, [&](std::string_view denial) { return begins_word(sentence, i, denial); });
    if (is_word || sentence.substr(i).starts_with("n't") ||
        sentence.substr(i).starts_with("n\u2019t")) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::optional<std::size_t> parse_named(std::string_view reply, std::span<const std::string> names) {
  const std::string_view text = final_answer(reply).text;
  const std::vector<Place> places = places_of_names(text, names);
  const bool is_one = !places.empty() && std::ranges::all_of(places, [&](const Place& place) {
    return place.name == places.front().name;
  });
  const bool is_certain = is_one && !is_denied(text, places.front().begin);
  return is_certain ? places.front().name : std::nullopt;
}

}  // namespace wend::label
