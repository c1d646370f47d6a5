// SPDX-License-Identifier: Apache-2.0
// The numbers of a text, as far as a text says clearly which number it means.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wend::label {

struct Number {
  long double value = 0;
  /// "-12.5": sign, digits without leading and trailing zeros; empty where it is not written as a
  /// plain decimal (a fraction, a power), so that equal decimals are equal to the last digit.
  std::string decimal;
  std::size_t places = 0;    ///< Digits behind the point, as written.
  bool is_percent = false;   ///< "50 %", "50 percent".
  long double scale = 1;     ///< Of a word behind it: 1e6 for "1.5 million".
  bool is_symbolic = false;  ///< A factor of a root or of pi, a power: no number yet.
  std::size_t begin = 0;     ///< Where it stands in the text.
  std::size_t end = 0;
};

/// Every number of a text that plain_math has made plain. Thousands separators (comma, apostrophe,
/// underscore; points where a decimal comma or a second point follows), a decimal comma (one comma
/// with other than three digits behind it, outside brackets), fractions, mixed numbers, powers of
/// ten and scientific notation are read; a digit glued to a letter, a caret or a point is none (x2,
/// cm^2).
std::vector<Number> numbers_in(std::string_view plain);

/// Whether a reply's number is the reference's. Decimals compare exactly. A fraction equals a
/// decimal that is it, rounded to the decimal's own places (three significant digits at least). A
/// percent sign or a scale word may be read or left: 50 % is 50 and 0.5, 2 million is 2 and
/// 2000000.
bool equal(const Number& reference, const Number& reply);

/// The number that an answer gives: the last one that is not denied ("not 12"); nothing where the
/// last two are offered side by side ("8 or 9").
std::optional<Number> answer_number(std::string_view plain);

}  // namespace wend::label
