// SPDX-License-Identifier: Apache-2.0
#include "wend/base/json_object.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace wend::base {
namespace {

using nlohmann::json;

constexpr int kDeepest = 64;

/// What one pass over a line sees outside of its strings.
struct Outline {
  int depth = 0;         ///< Of the deepest bracket.
  std::size_t keys = 0;  ///< Colons of the outermost object.
};

Outline outline_of(std::string_view line) {
  Outline outline;
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"') {
      in_string = !in_string;
    } else if (in_string) {
      i += c == '\\' ? 1 : 0;
    } else if (c == '[' || c == '{') {
      outline.depth = std::max(outline.depth, ++depth);
    } else if (c == ']' || c == '}') {
      --depth;
    } else if (c == ':' && depth == 1) {
      ++outline.keys;
    }
  }
  return outline;
}

bool contains(std::string_view text, std::string_view word) {
  return text.find(word) != std::string_view::npos;
}

/// " (invalid string: ...)", what the library says without its own preface and quotation.
std::string told_by(const json::parse_error& error) {
  static constexpr std::string_view kBefore = " - ";
  const std::string_view whole = error.what();
  const std::size_t begin = whole.find(kBefore);
  if (begin == std::string_view::npos) {
    return {};
  }
  const std::string_view tail = whole.substr(begin + kBefore.size());
  return fmt::format(" ({})", tail.substr(0, tail.find("; last read")));
}

JsonFault syntax_fault(std::string_view text, const json::parse_error& error) {
  if (contains(text, "NaN") || contains(text, "Infinity")) {
    return {"NaN or infinity",
            "NaN and Infinity are no JSON numbers; write null where a number is unknown"};
  }
  const std::string_view before = text.substr(0, error.byte == 0 ? 0 : error.byte - 1);
  const auto line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
  const std::size_t column = error.byte - (before.rfind('\n') + 1);
  return {
      "malformed JSON", fmt::format("malformed JSON at column {}{}", column, told_by(error)), line};
}

/// Called where there is one: a second pass that names it.
std::string repeated_key(std::string_view text) {
  std::set<std::string> seen;
  std::string repeated;
  const auto look = [&](int depth, json::parse_event_t event, const json& value) {
    if (event == json::parse_event_t::key && depth == 1 &&
        !seen.insert(value.get<std::string>()).second) {
      repeated = value.get<std::string>();
    }
    return true;
  };
  [[maybe_unused]] const json whole = json::parse(text, look);
  return repeated;
}

}  // namespace

tl::expected<json, JsonFault> parse_json_object(std::string_view text) {
  const Outline outline = outline_of(text);
  if (outline.depth > kDeepest) {
    return tl::unexpected(
        JsonFault{"nested too deep", fmt::format("nested deeper than {} levels", kDeepest)});
  }
  json object;
  try {
    object = json::parse(text);
  } catch (const json::parse_error& error) {
    return tl::unexpected(syntax_fault(text, error));
  } catch (const json::out_of_range&) {
    return tl::unexpected(
        JsonFault{"number out of range", "a number is too large, expected finite numbers"});
  }
  if (!object.is_object()) {
    return tl::unexpected(JsonFault{
        "not an object", fmt::format("expected an object, found a {}", object.type_name())});
  }
  if (object.size() != outline.keys) {
    return tl::unexpected(JsonFault{
        "repeated key",
        fmt::format("the key '{}' stands twice, expected each once", repeated_key(text))});
  }
  return object;
}

}  // namespace wend::base
