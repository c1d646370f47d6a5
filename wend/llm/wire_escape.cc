// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/wire_escape.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include <nlohmann/json.hpp>

namespace wend::llm {
namespace {

/// The four digits at the beginning of a text.
std::optional<std::uint32_t> four_hex_digits(std::string_view text) {
  if (text.size() < 4) {
    return std::nullopt;
  }
  std::uint32_t unit = 0;
  const char* const end = text.data() + 4;
  const auto [stop, error] = std::from_chars(text.data(), end, unit, 16);
  return error == std::errc{} && stop == end ? std::optional(unit) : std::nullopt;
}

void append_utf8(std::uint32_t code_point, std::string& out) {
  const auto byte = [&](std::uint32_t bits) { out.push_back(static_cast<char>(bits)); };
  const auto tail = [&](unsigned shift) { byte(0x80U | ((code_point >> shift) & 0x3FU)); };
  if (code_point < 0x80) {
    byte(code_point);
  } else if (code_point < 0x800) {
    byte(0xC0U | (code_point >> 6U));
    tail(0);
  } else if (code_point < 0x10000) {
    byte(0xE0U | (code_point >> 12U));
    tail(6);
    tail(0);
  } else {
    byte(0xF0U | (code_point >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
}

/// Of what follows "\u": the bytes read, or 0 where it is no code point.
std::size_t take_code_point(std::string_view rest, std::string* out) {
  const std::optional<std::uint32_t> first = four_hex_digits(rest);
  if (!first || (*first >= 0xDC00 && *first < 0xE000)) {
    return 0;
  }
  std::uint32_t code_point = *first;
  std::size_t used = 4;
  if (*first >= 0xD800 && *first < 0xDC00) {
    const bool escaped = rest.substr(4, 2) == "\\u";
    const auto second = escaped ? four_hex_digits(rest.substr(6)) : std::nullopt;
    if (!second || *second < 0xDC00 || *second >= 0xE000) {
      return 0;
    }
    code_point = 0x10000 + ((*first - 0xD800) << 10U) + (*second - 0xDC00);
    used = 10;
  }
  if (out != nullptr) {
    append_utf8(code_point, *out);
  }
  return used;
}

/// Of what follows a backslash: the bytes read, or 0 where it is no escape.
std::size_t take_escape(std::string_view rest, std::string* out) {
  static constexpr std::string_view kNames = "\"\\/bfnrt";
  static constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
  if (rest.empty()) {
    return 0;
  }
  if (rest.front() == 'u') {
    const std::size_t used = take_code_point(rest.substr(1), out);
    return used == 0 ? 0 : 1 + used;
  }
  const std::size_t place = kNames.find(rest.front());
  if (place == std::string_view::npos) {
    return 0;
  }
  if (out != nullptr) {
    out->push_back(kMeant[place]);
  }
  return 1;
}

/// Takes the digits at the front away and says how many there were.
std::size_t take_digits(std::string_view& text) {
  const std::size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
  text.remove_prefix(count);
  return count;
}

bool take_one_of(std::string_view& text, std::string_view choices) {
  const bool found = !text.empty() && choices.find(text.front()) != std::string_view::npos;
  text.remove_prefix(found ? 1 : 0);
  return found;
}

/// RFC 8259, section 6.
bool is_number(std::string_view text) {
  take_one_of(text, "-");
  if (!take_one_of(text, "0") && take_digits(text) == 0) {
    return false;
  }
  if (take_one_of(text, ".") && take_digits(text) == 0) {
    return false;
  }
  if (take_one_of(text, "eE")) {
    take_one_of(text, "+-");
    if (take_digits(text) == 0) {
      return false;
    }
  }
  return text.empty();
}

}  // namespace

bool unescape(std::string_view raw, std::string* out) {
  for (;;) {
    const std::size_t backslash = raw.find('\\');
    if (out != nullptr) {
      out->append(raw.substr(0, backslash));
    }
    if (backslash == std::string_view::npos) {
      return true;
    }
    raw.remove_prefix(backslash + 1);
    const std::size_t used = take_escape(raw, out);
    if (used == 0) {
      return false;
    }
    raw.remove_prefix(used);
  }
}

bool is_plain_scalar(std::string_view token) {
  return token == "true" || token == "false" || token == "null" || is_number(token);
}

std::string json_literal(std::string_view text) {
  using nlohmann::json;
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string shortened(std::string_view text) {
  static constexpr std::size_t kShown = 64;
  if (text.size() <= kShown) {
    return std::string(text);
  }
  std::size_t end = kShown;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
    --end;
  }
  return std::string(text.substr(0, end)) + "...";
}

}  // namespace wend::llm
