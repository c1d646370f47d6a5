// SPDX-License-Identifier: Apache-2.0
#include "wend/label/plain_math.h"

#include <array>
#include <cstdint>
#include <utility>

#include "wend/label/scan.h"
#include "wend/text/utf8.h"

namespace wend::label {
namespace {

using Spelling = std::pair<std::string_view, std::string_view>;

// A command before those that begin like it.
constexpr std::array<Spelling, 36> kCommands = {{
    {"\\times", "*"},    {"\\cdot", "*"},
    {"\\div", "/"},      {"\\left", ""},
    {"\\right", ""},     {"\\approx", " ~ "},
    {"\\%", "%"},        {"\\$", ""},
    {"\\,", "\x1f"},     {"\\!", ""},
    {"\\;", " "},        {"\\:", " "},
    {"\\ ", " "},        {"\\(", " "},
    {"\\)", " "},        {"\\[", " "},
    {"\\]", " "},        {"\\{", "{"},
    {"\\}", "}"},        {"\\quad", " "},
    {"\\textbf", ""},    {"\\text", ""},
    {"\\mathrm", ""},    {"\\mathbf", ""},
    {"\\mbox", ""},      {"\\displaystyle", ""},
    {"^\\circ", " deg"}, {"^{\\circ}", " deg"},
    {"\\circ", " deg"},  {"\\pi", "pi"},
    {"\\sqrt", "sqrt"},  {"\\infty", "inf"},
    {"{,}", ","},        {"\\leq", "<="},
    {"\\geq", ">="},     {"\\pm", " +- "},
}};

constexpr std::array<std::pair<char32_t, std::string_view>, 43> kCharacters = {{
    {U'\u2212', "-"},    {U'\u2010', "-"},    {U'\u2011', "-"},    {U'\u2012', "-"},
    {U'\u2013', "-"},    {U'\uFE63', "-"},    {U'\u00D7', "*"},    {U'\u00B7', "*"},
    {U'\u22C5', "*"},    {U'\u00F7', "/"},    {U'\u2044', "/"},    {U'\u2215', "/"},
    {U'\u00A0', "\x1f"}, {U'\u202F', "\x1f"}, {U'\u2009', "\x1f"}, {U'\u2007', "\x1f"},
    {U'\u2019', "'"},    {U'\u00BD', " 1/2"}, {U'\u2153', " 1/3"}, {U'\u2154', " 2/3"},
    {U'\u00BC', " 1/4"}, {U'\u00BE', " 3/4"}, {U'\u2155', " 1/5"}, {U'\u2156', " 2/5"},
    {U'\u2157', " 3/5"}, {U'\u2158', " 4/5"}, {U'\u2159', " 1/6"}, {U'\u215A', " 5/6"},
    {U'\u215B', " 1/8"}, {U'\u215C', " 3/8"}, {U'\u215D', " 5/8"}, {U'\u215E', " 7/8"},
    {U'\u00B0', " deg"}, {U'\u03C0', "pi"},   {U'\u221A', "sqrt"}, {U'\u2248', " ~ "},
    {U'\u20AC', ""},     {U'\u00A3', ""},     {U'\u00A5', ""},     {U'\u20B9', ""},
    {U'\u2236', ":"},    {U'\uFE6A', "%"},    {U'\u00B1', " +- "},
}};

/// The superscript's plain character, or 0.
char superscript(char32_t c) {
  constexpr std::u32string_view kSuper = U"⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺";
  constexpr std::string_view kPlain = "0123456789-+";
  const std::size_t at = kSuper.find(c);
  return at == std::u32string_view::npos ? '\0' : kPlain[at];
}

/// Reads along the text and writes the plain spelling. One pass, no recursion: the arguments of a
/// fraction are copied as they are, and a second pass sees to what is in them.
class PlainWriter {
 public:
  explicit PlainWriter(std::string_view text) : text_(text) {}

  std::string write() && {
    while (at_ < text_.size()) {
      if (!fraction() && !command() && !dropped()) {
        character();
      }
    }
    return std::move(out_);
  }

 private:
  /// \frac{a}{b}, \dfrac{a}{b}, \tfrac12 become " a/b", with parentheses where a part is more than
  /// digits.
  bool fraction() {
    for (const std::string_view name : {"\\frac", "\\dfrac", "\\tfrac"}) {
      if (!text_.substr(at_).starts_with(name)) {
        continue;
      }
      std::size_t position = at_ + name.size();
      const std::string_view top = argument(position);
      const std::string_view bottom = argument(position);
      if (top.empty() || bottom.empty()) {
        return false;
      }
      at_ = position;
      const bool is_negative = !out_.empty() && out_.back() == '-';
      out_ += is_negative ? "" : " ";
      append_part(top);
      out_ += '/';
      append_part(bottom);
      return true;
    }
    return false;
  }

  /// The argument of a command: what the braces at `position` hold, or one digit. Moves behind it.
  std::string_view argument(std::size_t& position) const {
    if (position >= text_.size()) {
      return {};
    }
    if (is_digit(text_[position])) {
      return text_.substr(position++, 1);
    }
    constexpr std::size_t kLongest = 64;  // Fractions of numbers are short; the rest is no number.
    const std::size_t end = text_.substr(0, position + kLongest).find('}', position);
    if (text_[position] != '{' || end == std::string_view::npos) {
      return {};
    }
    const std::string_view inside = text_.substr(position + 1, end - position - 1);
    position = end + 1;
    return inside;
  }

  void append_part(std::string_view part) {
    const bool is_plain = part.find_first_not_of("0123456789.-") == std::string_view::npos;
    out_ += is_plain ? "" : "(";
    out_ += part;
    out_ += is_plain ? "" : ")";
  }

  bool command() {
    if (std::string_view("\\^{").find(text_[at_]) == std::string_view::npos) {
      return false;
    }
    for (const auto& [latex, plain] : kCommands) {
      const std::string_view rest = text_.substr(at_);
      if (rest.starts_with(latex)) {
        out_ += plain;
        at_ += latex.size();
        return true;
      }
    }
    return false;
  }

  bool dropped() {
    const char c = text_[at_];
    if (text_.substr(at_).starts_with("**")) {
      const bool is_power = ends_in_digit() && is_digit(after(2));
      out_ += is_power ? "^" : "";
      at_ += 2;
      return true;
    }
    const bool is_emphasis = c == '_' && (!follows_word(text_, at_) || !is_word_at(text_, at_ + 1));
    if (c == '$' || c == '`' || is_emphasis) {
      ++at_;
      return true;
    }
    if (c == '{' || c == '}') {
      const bool is_exponent = !out_.empty() && out_.back() == '^';
      out_ += is_exponent ? "" : " ";
      ++at_;
      return true;
    }
    return false;
  }

  bool ends_in_digit() const { return !out_.empty() && is_digit(out_.back()); }

  char after(std::size_t distance) const {
    return at_ + distance < text_.size() ? text_[at_ + distance] : '\0';
  }

  void character() {
    const text::Decoded decoded = text::decode_utf8(text_, at_);
    const std::string_view bytes = text_.substr(at_, decoded.length);
    at_ += decoded.length;
    const char digit = superscript(decoded.code_point);
    if (digit != '\0') {
      out_ += in_superscript_ ? "" : "^";
      out_ += digit;
      in_superscript_ = true;
      return;
    }
    in_superscript_ = false;
    constexpr char32_t kWideFirst = 0xFF01;
    constexpr char32_t kWideLast = 0xFF5E;
    if (decoded.code_point >= kWideFirst && decoded.code_point <= kWideLast) {
      out_ += static_cast<char>(decoded.code_point - kWideFirst + '!');
      return;
    }
    for (const auto& [character, plain] : kCharacters) {
      if (decoded.code_point == character) {
        out_ += plain;
        return;
      }
    }
    out_ += bytes;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string out_;
  bool in_superscript_ = false;
};

/// Narrow spaces between groups of three digits separate thousands, as an underscore does; others
/// are spaces.
void settle_narrow_spaces(std::string& text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\x1f') {
      continue;
    }
    const auto digit_at = [&](std::size_t i) { return i < text.size() && is_digit(text[i]); };
    const bool separates = at > 0 && digit_at(at - 1) && digit_at(at + 1) && digit_at(at + 2) &&
                           digit_at(at + 3) && !digit_at(at + 4);
    text[at] = separates ? '_' : ' ';
  }
}

}  // namespace

std::string plain_math(std::string_view text) {
  std::string plain = PlainWriter(text).write();
  settle_narrow_spaces(plain);
  return plain;
}

}  // namespace wend::label
