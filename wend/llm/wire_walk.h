// SPDX-License-Identifier: Apache-2.0
// One walk over the tokens of a body. simdjson finds the tokens and checks the UTF-8, with whatever
// vector instructions the processor has; its on-demand front end leads through them. That front end
// believes what nobody looks at, so here every value is looked at, once and in order: objects by
// members, lists by elements, texts by text, the rest by skip. Strings and numbers are checked
// where they stand (wire_escape.h), since the front end's own readers are compiled for the oldest
// processor and would refuse numbers beyond 64 bits, which are not ours to judge.
//
// Each function returns false once something is wrong; fault() then says what, and the walk is
// over.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <simdjson.h>

#include "wend/llm/wire_escape.h"
#include "wend/llm/wire_request.h"

namespace wend::llm {

enum class Kind { kObject, kList, kText, kNumber, kBoolean, kNull };

/// "a text", "a list": for sentences.
std::string_view kind_name(Kind kind);

class BodyWalk {
 public:
  using Value = simdjson::ondemand::value;

  /// A member of an object on its way. The key is unescaped, and valid as long as the member.
  struct Member {
    std::string_view key;
    std::size_t begin = 0;  ///< Of the key, at its quotation mark.
    Value value;
  };

  /// Borrows both for its own life; behind the body kBodyPadding bytes are allocated.
  BodyWalk(simdjson::ondemand::parser& parser, std::string_view body) : body_(body) {
    error_ = parser.iterate(body.data(), body.size(), body.size() + kBodyPadding).get(document_);
  }

  /// Walks the body, which must be one object and nothing after it.
  template <class Use>
  bool root(Use use);

  std::optional<Kind> kind(Value& value);

  /// Calls use(Member&) -> bool for each member of an object; it must look at the value.
  template <class Use>
  bool members(Value value, Use use);

  /// Calls use(Value&) -> bool for each element of a list; it must look at the value.
  template <class Use>
  bool elements(Value value, Use use);

  /// Appends a text to `out`; without it, only checks.
  bool text(Value value, std::string* out);

  /// Checks a value of any kind, to its depth.
  bool skip(Value value);

  /// The bytes of a scalar, without the white space behind it.
  std::string_view token(Value& value) const;
  std::size_t offset_of(Value& value) const;
  /// Where the token stands that follows the value looked at last. Of a scalar: after_scalar.
  std::size_t after_container();
  std::size_t after_scalar(Value& value) const;

  std::string_view body() const { return body_; }

  /// Notes a fault about a field, and returns false.
  template <class... Args>
  bool refuse(std::string param,
              std::string code,
              fmt::format_string<Args...> message,
              Args&&... args) {
    fault_ = {fmt::format(message, std::forward<Args>(args)...), std::move(param), std::move(code)};
    return false;
  }

  /// "'n': expected a number, found a text."
  bool refuse_type(std::string param, std::string_view expected, Kind found);

  RequestFault fault() &&;

 private:
  bool open_root();
  bool close_root();
  bool enter(std::size_t offset);
  bool malformed(std::size_t offset);
  bool read_key(simdjson::ondemand::field& field, std::string& scratch, Member& member);

  template <class Object, class Use>
  bool walk_members(Object& object, Use& use);

  std::string_view body_;
  simdjson::ondemand::document document_;
  simdjson::error_code error_ = simdjson::SUCCESS;
  std::size_t depth_ = 0;
  std::optional<std::size_t> malformed_at_;
  std::optional<RequestFault> fault_;
};

template <class Object, class Use>
bool BodyWalk::walk_members(Object& object, Use& use) {
  std::string scratch;
  for (auto next : object) {
    simdjson::ondemand::field field;
    Member member;
    if (std::move(next).get(field) != simdjson::SUCCESS) {
      return malformed(after_container());
    }
    if (!read_key(field, scratch, member) || !use(member)) {
      return false;
    }
  }
  --depth_;
  return true;
}

template <class Use>
bool BodyWalk::root(Use use) {
  simdjson::ondemand::object object;
  if (!open_root()) {
    return false;
  }
  if (document_.get_object().get(object) != simdjson::SUCCESS) {
    return malformed(body_.size());
  }
  return walk_members(object, use) && close_root();
}

template <class Use>
bool BodyWalk::members(Value value, Use use) {
  simdjson::ondemand::object object;
  const std::size_t begin = offset_of(value);
  if (!enter(begin)) {
    return false;
  }
  if (value.get_object().get(object) != simdjson::SUCCESS) {
    return malformed(begin);
  }
  return walk_members(object, use);
}

template <class Use>
bool BodyWalk::elements(Value value, Use use) {
  simdjson::ondemand::array array;
  const std::size_t begin = offset_of(value);
  if (!enter(begin)) {
    return false;
  }
  if (value.get_array().get(array) != simdjson::SUCCESS) {
    return malformed(begin);
  }
  for (auto next : array) {
    if (next.error() != simdjson::SUCCESS) {
      return malformed(after_container());
    }
    Value element = next.value_unsafe();
    if (!use(element)) {
      return false;
    }
  }
  --depth_;
  return true;
}

}  // namespace wend::llm
