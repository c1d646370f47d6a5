// SPDX-License-Identifier: Apache-2.0
#include "wend/label/numbers.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "wend/label/scan.h"

namespace wend::label {
namespace {

/// A number's digits as they were written, without what separates thousands.
struct Digits {
  std::string whole;
  std::string fraction;
  bool has_point = false;
  std::size_t end = 0;
};

/// Reads the numbers of a plain text from left to right.
class NumberReader {
 public:
  explicit NumberReader(std::string_view text) : text_(text) {}

  std::vector<Number> read() && {
    std::vector<Number> numbers;
    while (at_ < text_.size()) {
      if (auto number = number_at(at_)) {
        at_ = std::max(number->end, at_ + 1);
        numbers.push_back(*std::move(number));
      } else {
        ++at_;
      }
    }
    return numbers;
  }

 private:
  char at(std::size_t position) const { return position < text_.size() ? text_[position] : '\0'; }

  bool digit(std::size_t position) const { return is_digit(at(position)); }

  std::size_t digits_end(std::size_t position) const {
    while (digit(position)) {
      ++position;
    }
    return position;
  }

  std::size_t skip_spaces(std::size_t position) const {
    while (at(position) == ' ') {
      ++position;
    }
    return position;
  }

  /// Whether a number may begin here: nothing before it that it is glued to.
  bool is_free(std::size_t position) const {
    const char before = position == 0 ? ' ' : text_[position - 1];
    return before != '^' && before != '.' && !follows_word(text_, position);
  }

  bool begins_digits(std::size_t position) const {
    return digit(position) || (at(position) == '.' && digit(position + 1));
  }

  std::optional<Number> number_at(std::size_t position) const {
    const bool has_sign = at(position) == '-' && begins_digits(position + 1);
    if ((!has_sign && !begins_digits(position)) || !is_free(position)) {
      return std::nullopt;
    }
    const bool is_negative = has_sign && (position == 0 || text_[position - 1] != ')');
    Number number;
    number.begin = position;
    const Digits digits = read_digits(position + (has_sign ? 1 : 0));
    number.end = digits.end;
    set_decimal(number, digits, is_negative);
    read_power(number);
    read_quotient(number, is_negative);
    read_unit(number);
    number.is_symbolic = number.is_symbolic || is_factor(number);
    return number;
  }

  /// The end of groups of three digits after `separator`; `position` itself where there is none.
  /// Digits that go on behind a group belong to no group.
  std::size_t groups_end(std::size_t position, char separator) const {
    while (at(position) == separator && digits_end(position + 1) == position + 4) {
      position += 4;
    }
    return position;
  }

  Digits read_digits(std::size_t begin) const {
    Digits digits;
    std::size_t end = digits_end(begin);
    digits.whole = text_.substr(begin, end - begin);
    const bool may_group = end - begin <= 3 && end > begin;
    for (const char separator : {',', '\'', '_'}) {
      const std::size_t grouped = may_group ? groups_end(end, separator) : end;
      if (grouped > end) {
        append_digits(digits.whole, end, grouped);
        end = grouped;
        break;
      }
    }
    if (may_group && at(end) == '.' && points_group(begin, end)) {
      const std::size_t grouped = groups_end(end, '.');
      append_digits(digits.whole, end, grouped);
      read_fraction(digits, grouped, ',');
      return digits;
    }
    const bool is_grouped = end > digits_end(begin) && at(digits_end(begin)) == ',';
    const bool is_comma = !is_grouped && at(end) == ',' && is_decimal_comma(begin, end);
    read_fraction(digits, end, is_comma ? ',' : '.');
    return digits;
  }

  void append_digits(std::string& digits, std::size_t begin, std::size_t end) const {
    std::copy_if(text_.begin() + static_cast<std::ptrdiff_t>(begin),
                 text_.begin() + static_cast<std::ptrdiff_t>(end),
                 std::back_inserter(digits),
                 is_digit);
  }

  /// "1.234.567" or "1.234,56": points that separate thousands; "1.234" alone is a decimal.
  bool points_group(std::size_t begin, std::size_t end) const {
    const std::size_t grouped = groups_end(end, '.');
    const bool has_comma = at(grouped) == ',' && digit(grouped + 1);
    return end > begin && (grouped > end + 4 || (grouped > end && has_comma));
  }

  /// "3,5" is three and a half; "3,500" is grouped; "(3,5)" and "1,2,3" are several numbers.
  bool is_decimal_comma(std::size_t begin, std::size_t comma) const {
    const std::size_t end = digits_end(comma + 1);
    const char before = begin == 0 ? ' ' : text_[begin - 1];
    const bool in_brackets = std::string_view("([{").find(before) != std::string_view::npos ||
                             std::string_view(")]}").find(at(end)) != std::string_view::npos;
    const bool in_list = before == ',' || (at(end) == ',' && digit(end + 1));
    return end > comma + 1 && end != comma + 4 && !in_list && (!in_brackets || at(end) == '\0');
  }

  void read_fraction(Digits& digits, std::size_t position, char point) const {
    digits.end = position;
    if (at(position) == point && digit(position + 1)) {
      digits.has_point = true;
      digits.end = digits_end(position + 1);
      digits.fraction = text_.substr(position + 1, digits.end - position - 1);
    }
  }

  static void set_decimal(Number& number, const Digits& digits, bool is_negative) {
    std::string whole = digits.whole;
    whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size()));
    std::string fraction = digits.fraction;
    fraction.erase(fraction.find_last_not_of('0') + 1);
    const bool is_zero = whole.empty() && fraction.empty();
    number.decimal = std::string(is_negative && !is_zero ? "-" : "") +
                     (whole.empty() ? "0" : whole) + (fraction.empty() ? "" : "." + fraction);
    number.places = digits.fraction.size();
    number.value = std::strtold(number.decimal.c_str(), nullptr);
  }

  static void make_inexact(Number& number, long double value, std::size_t end) {
    number.value = value;
    number.decimal.clear();
    number.places = 0;
    number.end = end;
  }

  /// A whole number with its sign at `position`; moves behind it.
  std::optional<int> whole_number(std::size_t& position) const {
    const std::size_t sign = position + (at(position) == '-' || at(position) == '+' ? 1 : 0);
    const std::size_t end = digits_end(sign);
    if (end == sign || end - sign > 4) {
      return std::nullopt;
    }
    const int value = std::atoi(std::string(text_.substr(sign, end - sign)).c_str());
    const bool is_negative = at(position) == '-';
    position = end;
    return is_negative ? -value : value;
  }

  /// "1.5e-3", "1.5 * 10^6", "1.5 x 10^6", "10^6". A power of another number is a sum that was not
  /// done: 2^17 does not answer what 2^17 is.
  void read_power(Number& number) const {
    std::size_t position = number.end;
    if (at(position) == '^') {
      const bool is_of_ten = number.decimal == "10";
      const auto exponent = whole_number(++position);
      if (exponent) {
        make_inexact(number, std::pow(10.0L, *exponent), position);
      }
      number.is_symbolic = !exponent || !is_of_ten;
      return;
    }
    const bool is_e = at(position) == 'e' || at(position) == 'E';
    if (is_e) {
      const auto exponent = whole_number(++position);
      if (exponent && !is_word_at(text_, position)) {
        make_inexact(number, number.value * std::pow(10.0L, *exponent), position);
      }
      return;
    }
    position = skip_spaces(position);
    const bool is_times = at(position) == '*' || at(position) == 'x';
    position = skip_spaces(position + 1);
    if (is_times && text_.substr(position).starts_with("10^")) {
      position += 3;
      if (const auto exponent = whole_number(position)) {
        make_inexact(number, number.value * std::pow(10.0L, *exponent), position);
      }
    }
  }

  /// The denominator behind a slash at `position`; moves behind it. A second slash makes a date.
  std::optional<long double> denominator(std::size_t& position) const {
    if (at(position) != '/' || !digit(position + 1)) {
      return std::nullopt;
    }
    const Digits digits = read_digits(position + 1);
    const bool is_date = at(digits.end) == '/';
    const long double value = std::strtold((digits.whole + "." + digits.fraction).c_str(), nullptr);
    if (is_date || value == 0) {
      return std::nullopt;
    }
    position = digits.end;
    return value;
  }

  /// "3/4", "1 1/2".
  void read_quotient(Number& number, bool is_negative) const {
    if (number.decimal.empty()) {
      return;
    }
    std::size_t position = number.end;
    if (const auto bottom = denominator(position)) {
      make_inexact(number, number.value / *bottom, position);
      return;
    }
    const std::size_t top_begin = skip_spaces(number.end);
    position = digits_end(top_begin);
    const bool may_mix = top_begin > number.end && position > top_begin && number.places == 0;
    if (!may_mix) {
      return;
    }
    const long double top =
        std::strtold(std::string(text_.substr(top_begin, position - top_begin)).c_str(), nullptr);
    const auto bottom = denominator(position);
    if (bottom && top < *bottom) {
      const long double part = top / *bottom;
      make_inexact(number, number.value + (is_negative ? -part : part), position);
    }
  }

  void read_unit(Number& number) const {
    const std::size_t position = skip_spaces(number.end);
    if (at(position) == '%' || begins_word(text_, position, "percent") ||
        begins_word(text_, position, "per cent")) {
      number.is_percent = true;
      return;
    }
    constexpr std::array<std::pair<std::string_view, long double>, 4> kScales = {
        {{"thousand", 1e3L}, {"million", 1e6L}, {"billion", 1e9L}, {"trillion", 1e12L}}};
    for (const auto& [word, scale] : kScales) {
      if (begins_word(text_, position, word)) {
        number.scale = scale;
      }
    }
  }

  /// Whether a root or pi stands directly at it.
  bool is_factor(const Number& number) const {
    std::size_t behind = skip_spaces(number.end);
    if (at(behind) == '*') {
      behind = skip_spaces(behind + 1);
    }
    const std::string_view rest = text_.substr(behind);
    const bool has_pi = starts_with_ascii(rest, "pi") && !is_word_at(text_, behind + 2);
    const std::string_view before = trimmed(text_.substr(0, number.begin), " (");
    return has_pi || starts_with_ascii(rest, "sqrt") || before.ends_with("sqrt");
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

bool nearly(long double a, long double b) {
  constexpr long double kRelative = 1e-12L;
  if (!std::isfinite(a) || !std::isfinite(b)) {
    return false;  // Digits beyond all measure are compared as they are written.
  }
  return a == b || std::fabs(a - b) <= kRelative * std::max(std::fabs(a), std::fabs(b));
}

/// Whether the decimal is the value, rounded to the decimal's own places.
bool is_rounding_of(const Number& decimal, long double value) {
  const std::size_t first = decimal.decimal.find_first_of("123456789");
  const std::size_t digits = first == std::string::npos
                                 ? 0
                                 : static_cast<std::size_t>(std::count_if(
                                       decimal.decimal.begin() + static_cast<std::ptrdiff_t>(first),
                                       decimal.decimal.end(),
                                       is_digit));
  constexpr std::size_t kSignificant = 3;
  const long double half = 0.5L * std::pow(10.0L, -static_cast<long double>(decimal.places));
  return digits >= kSignificant && decimal.places > 0 &&
         std::fabs(decimal.value - value) <= half * (1 + 1e-9L);
}

bool equal_as_written(const Number& a, const Number& b) {
  if (!a.decimal.empty() && !b.decimal.empty()) {
    return a.decimal == b.decimal;
  }
  if (nearly(a.value, b.value)) {
    return true;
  }
  return a.decimal.empty() != b.decimal.empty() &&
         (a.decimal.empty() ? is_rounding_of(b, a.value) : is_rounding_of(a, b.value));
}

/// The number read with its percent sign and scale word.
long double full_value(const Number& number) {
  return number.value * number.scale / (number.is_percent ? 100 : 1);
}

/// Whether the text between two numbers offers the second beside the first.
bool offers_both(std::string_view between) {
  const std::string_view words = trimmed(between, " ,(");
  return ends_with_word(words, "or") && words.size() <= std::string_view("degrees or").size();
}

bool is_denied(std::string_view before) {
  std::string_view words = trimmed(before, " \t\r\n*_~");
  for (const std::string_view filler : {"equal to", "be", "the", "exactly"}) {
    if (ends_with_word(words, filler)) {
      words = trimmed(words.substr(0, words.size() - filler.size()), " ");
    }
  }
  return ends_with_word(words, "not") || ends_with_ascii(words, "n't") ||
         ends_with_word(words, "rather than") || ends_with_word(words, "instead of");
}

}  // namespace

std::vector<Number> numbers_in(std::string_view plain) {
  return NumberReader(plain).read();
}

bool equal(const Number& reference, const Number& reply) {
  if (reference.is_symbolic || reply.is_symbolic) {
    return false;
  }
  return equal_as_written(reference, reply) || nearly(full_value(reference), full_value(reply));
}

std::optional<Number> answer_number(std::string_view plain) {
  const std::vector<Number> numbers = numbers_in(plain);
  const auto begin_of = [&](std::size_t i) { return i == 0 ? 0 : numbers[i - 1].end; };
  for (std::size_t i = numbers.size(); i-- > 0;) {
    const std::string_view before = plain.substr(begin_of(i), numbers[i].begin - begin_of(i));
    if (is_denied(before)) {
      continue;
    }
    const bool is_one_of_two = i > 0 && offers_both(before) && !equal(numbers[i - 1], numbers[i]);
    return is_one_of_two ? std::nullopt : std::optional(numbers[i]);
  }
  return std::nullopt;
}

}  // namespace wend::label
