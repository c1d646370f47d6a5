// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/map_text.h"

#include <fmt/format.h>

#include "wend/base/plot.h"
#include "wend/text/utf8.h"

namespace wend::discover {
namespace {

bool is_blank(char32_t code_point) {
  const bool is_control = code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0);
  const bool breaks_line = code_point == 0x2028 || code_point == 0x2029;
  return is_control || breaks_line || code_point == ' ' || code_point == 0xA0;
}

}  // namespace

std::string one_line(std::string_view text, std::size_t most) {
  std::string line;
  bool gap = false;
  std::size_t written = 0;
  for (std::size_t at = 0; at < text.size();) {
    const text::Decoded decoded = text::decode_utf8(text, at);
    at += decoded.length;
    if (is_blank(decoded.code_point)) {
      gap = written > 0;
      continue;
    }
    if (written + (gap ? 1 : 0) >= most) {
      return line + "\u2026";
    }
    if (gap) {
      line += ' ';
      ++written;
      gap = false;
    }
    text::append_utf8(decoded.code_point, line);
    ++written;
  }
  return line;
}

std::string html_line(std::string_view text, std::size_t most) {
  return base::escape_html(one_line(text, most));
}

std::string grouped(std::size_t number) {
  std::string digits = fmt::format("{}", number);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

}  // namespace wend::discover
