// SPDX-License-Identifier: Apache-2.0
// Every number of the reply is read in whatever form it has, and all of them must say the same: a
// judge that names two scores has given none.
#include "wend/label/parse_score.h"

#include <charconv>
#include <cmath>
#include <string>

#include "wend/label/final_answer.h"
#include "wend/label/scan.h"
#include "wend/llm/thoughts.h"

namespace wend::label {
namespace {

/// A number as it stands, and where it ends. Nothing in `value`: too long to be one.
struct Numeral {
  std::optional<double> value;
  std::size_t end = 0;
};

bool digit_at(std::string_view text, std::size_t at) {
  return at < text.size() && is_digit(text[at]);
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool begins_numeral(std::string_view text, std::size_t at) {
  const bool follows_point = at > 0 && text[at - 1] == '.';
  return digit_at(text, at) || (text[at] == '.' && digit_at(text, at + 1) && !follows_point);
}

std::size_t skip_digits(std::string_view text, std::size_t at) {
  while (digit_at(text, at)) {
    ++at;
  }
  return at;
}

/// Needs begins_numeral. "0,5" is 0.5; behind any other digit a comma ends the number.
Numeral read_numeral(std::string_view text, std::size_t at) {
  Numeral numeral;
  const std::size_t whole = skip_digits(text, at);
  const bool is_zero = text.substr(at, whole - at) == "0";
  const bool has_point = whole < text.size() && digit_at(text, whole + 1) &&
                         (text[whole] == '.' || (text[whole] == ',' && is_zero));
  numeral.end = has_point ? skip_digits(text, whole + 1) : whole;
  std::string plain(text.substr(at, numeral.end - at));
  if (has_point) {
    plain[whole - at] = '.';
  }
  double value = 0;
  const auto [stop, error] = std::from_chars(plain.data(), plain.data() + plain.size(), value);
  if (error == std::errc() && stop == plain.data() + plain.size()) {
    numeral.value = value;
  }
  return numeral;
}

constexpr std::string_view kDashes[] = {"-", "\u2212", "\u2013"};

/// The text before `at` without the dash that ends it; the same text where none does.
std::string_view before_dash(std::string_view text, std::size_t at) {
  std::string_view before = text.substr(0, at);
  for (const std::string_view dash : kDashes) {
    if (before.ends_with(dash)) {
      before.remove_suffix(dash.size());
      break;
    }
  }
  return before;
}

/// Whether a number is part of a word: "2nd", "x2", "GPT-4", "1e".
bool is_glued(std::string_view text, std::size_t at, std::size_t end) {
  const std::string_view before = before_dash(text, at);
  return (!before.empty() && is_letter(before.back())) ||
         (end < text.size() && is_letter(text[end]));
}

/// A dash with a number before it is a range's, any other a sign.
bool is_negative(std::string_view text, std::size_t at) {
  const std::string_view before = before_dash(text, at);
  return before.size() < at && (before.empty() || !is_digit(before.back()));
}

std::size_t skip_spaces(std::string_view text, std::size_t at) {
  return std::min(text.find_first_not_of(" \t*`", at), text.size());
}

/// What a number is out of: the 10 of "7/10", the 100 of "85 %"; 1 where it stands alone. `at`, the
/// number's end, moves behind it.
double take_scale(std::string_view text, std::size_t& at) {
  const std::size_t next = skip_spaces(text, at);
  if (next < text.size() && text[next] == '%') {
    at = next + 1;
    return 100;
  }
  constexpr std::string_view kOutOf = "out of";
  std::size_t scale = next;
  if (next < text.size() && text[next] == '/') {
    scale = skip_spaces(text, next + 1);
  } else if (begins_word(text, next, kOutOf)) {
    scale = skip_spaces(text, next + kOutOf.size());
  }
  if (scale == next || !digit_at(text, scale)) {
    return 1;
  }
  const Numeral numeral = read_numeral(text, scale);
  const bool is_usual = numeral.value == 1.0 || numeral.value == 10.0 || numeral.value == 100.0;
  if (!is_usual || is_glued(text, scale, numeral.end)) {
    return 1;  // The other number will be read by itself, and differ.
  }
  at = numeral.end;
  return *numeral.value;
}

}  // namespace

std::optional<double> parse_score(std::string_view reply) {
  constexpr double kSame = 1e-9;
  const std::string_view text = llm::without_thoughts(reply);
  std::optional<double> score;
  for (std::size_t at = 0; at < text.size();) {
    if (!begins_numeral(text, at)) {
      ++at;
      continue;
    }
    const std::size_t begin = at;
    const Numeral numeral = read_numeral(text, begin);
    at = numeral.end;
    if (is_glued(text, begin, numeral.end)) {
      continue;
    }
    const double scale = take_scale(text, at);
    const double value = numeral.value.value_or(-1) / scale;
    const bool goes_on = at < text.size() && text[at] == '.' && digit_at(text, at + 1);
    if (is_negative(text, begin) || goes_on || value < 0 || value > 1 ||
        (score && std::abs(*score - value) > kSame)) {
      return std::nullopt;
    }
    score = value;
  }
  return score;
}

}  // namespace wend::label
