// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/wire_walk.h"

#include <algorithm>

#include "wend/llm/wire_syntax.h"

namespace wend::llm {

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::kObject:
      return "an object";
    case Kind::kList:
      return "a list";
    case Kind::kText:
      return "a text";
    case Kind::kNumber:
      return "a number";
    case Kind::kBoolean:
      return "a boolean";
    case Kind::kNull:
      return "null";
  }
  return "";
}

bool BodyWalk::malformed(std::size_t offset) {
  malformed_at_ = offset;
  return false;
}

RequestFault BodyWalk::fault() && {
  return fault_ ? *std::move(fault_) : syntax_fault(body_, malformed_at_);
}

bool BodyWalk::refuse_type(std::string param, std::string_view expected, Kind found) {
  std::string message =
      fmt::format("'{}': expected {}, found {}.", param, expected, kind_name(found));
  return refuse(std::move(param), "invalid_type", "{}", message);
}

bool BodyWalk::open_root() {
  if (error_ != simdjson::SUCCESS) {
    return false;
  }
  const std::size_t first = body_.find_first_not_of(" \t\r\n");
  if (body_[first] != '{') {
    return malformed(first);
  }
  return enter(first);
}

bool BodyWalk::close_root() {
  const auto behind = document_.current_location();
  return behind.error() == simdjson::OUT_OF_BOUNDS || malformed(after_container());
}

bool BodyWalk::enter(std::size_t offset) {
  if (++depth_ <= kMaxNesting) {
    return true;
  }
  return refuse(
      "",
      "nesting_too_deep",
      "The body nests deeper than {} levels at byte {}, its own object counted as the first.",
      kMaxNesting,
      offset);
}

bool BodyWalk::read_key(simdjson::ondemand::field& field, std::string& scratch, Member& member) {
  const std::size_t inside = static_cast<std::size_t>(field.key().raw() - body_.data());
  std::size_t end = inside;
  while (end < body_.size() && body_[end] != '"') {
    end += body_[end] == '\\' ? 2 : 1;
  }
  if (end >= body_.size()) {
    return malformed(inside - 1);
  }
  member.key = body_.substr(inside, end - inside);
  member.begin = inside - 1;
  member.value = field.value();
  if (member.key.find('\\') != std::string_view::npos) {
    scratch.clear();
    if (!unescape(member.key, &scratch)) {
      return malformed(member.begin);
    }
    member.key = scratch;
  }
  return true;
}

std::optional<Kind> BodyWalk::kind(Value& value) {
  using simdjson::ondemand::json_type;
  json_type type{};
  if (value.type().get(type) != simdjson::SUCCESS) {
    malformed(offset_of(value));
    return std::nullopt;
  }
  switch (type) {
    case json_type::object:
      return Kind::kObject;
    case json_type::array:
      return Kind::kList;
    case json_type::string:
      return Kind::kText;
    case json_type::number:
      return Kind::kNumber;
    case json_type::boolean:
      return Kind::kBoolean;
    case json_type::null:
      return Kind::kNull;
  }
  return std::nullopt;
}

bool BodyWalk::text(Value value, std::string* out) {
  const std::string_view literal = token(value);
  const std::size_t begin = offset_of(value);
  if (value.get_raw_json_string().error() != simdjson::SUCCESS || literal.size() < 2 ||
      literal.back() != '"' || !unescape(literal.substr(1, literal.size() - 2), out)) {
    return malformed(begin);
  }
  return true;
}

bool BodyWalk::skip(Value value) {
  const std::optional<Kind> found = kind(value);
  if (!found) {
    return false;
  }
  switch (*found) {
    case Kind::kObject:
      return members(value, [this](Member& member) { return skip(member.value); });
    case Kind::kList:
      return elements(value, [this](Value& element) { return skip(element); });
    case Kind::kText:
      return text(value, nullptr);
    default:
      return is_plain_scalar(token(value)) || malformed(offset_of(value));
  }
}

std::string_view BodyWalk::token(Value& value) const {
  const std::string_view whole = value.raw_json_token();
  return whole.substr(0, whole.find_last_not_of(" \t\r\n") + 1);
}

std::size_t BodyWalk::offset_of(Value& value) const {
  return static_cast<std::size_t>(value.raw_json_token().data() - body_.data());
}

std::size_t BodyWalk::after_container() {
  const char* place = nullptr;
  return document_.current_location().get(place) == simdjson::SUCCESS
             ? std::min(static_cast<std::size_t>(place - body_.data()), body_.size())
             : body_.size();
}

std::size_t BodyWalk::after_scalar(Value& value) const {
  return offset_of(value) + value.raw_json_token().size();
}

}  // namespace wend::llm
