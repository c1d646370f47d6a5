// SPDX-License-Identifier: Apache-2.0
#include "wend/cli/number_option.h"

#include <charconv>
#include <cmath>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace wend::cli {
namespace {

template <class Number>
std::optional<Number> parse(const std::string& text) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end ? std::optional(number) : std::nullopt;
}

std::string expectation(WholeBounds bounds) {
  return bounds.high == WholeBounds{}.high
             ? fmt::format("a whole number of {} or more", bounds.low)
             : fmt::format("a whole number from {} to {}", bounds.low, bounds.high);
}

std::string expectation(base::Bounds bounds) {
  return bounds.high == base::Bounds{}.high
             ? fmt::format("a number of {} or more", bounds.low)
             : fmt::format("a number from {} to {}", bounds.low, bounds.high);
}

/// Empty for a text that is good; writes the number anew, since the library takes 010 for octal.
template <class Number, class Bounds>
std::string check(Bounds bounds, std::string& text) {
  const std::optional<Number> number = parse<Number>(text);
  const bool is_good = number && *number >= bounds.low && *number <= bounds.high;
  if (!is_good) {
    return fmt::format("expected {}, found '{}'", expectation(bounds), text);
  }
  text = fmt::format("{}", *number);
  return {};
}

template <class Number, class Bounds>
void take(CLI::Option* option, Bounds bounds) {
  option->transform(CLI::Validator(
      [bounds](std::string& text) { return check<Number>(bounds, text); }, std::string()));
}

}  // namespace

void take_whole_number(CLI::Option* option, WholeBounds bounds) {
  take<std::uint64_t>(option, bounds);
}

void take_number(CLI::Option* option, base::Bounds bounds) {
  take<double>(option, bounds);  // Infinities lie outside of any bounds; NaN compares with none.
}

}  // namespace wend::cli
