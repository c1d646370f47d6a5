// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/wire_messages.h"

#include <optional>

namespace wend::llm {
namespace {

using Value = BodyWalk::Value;

core::Role role_of(std::string_view name) {
  if (name == "user") {
    return core::Role::kUser;
  }
  if (name == "assistant") {
    return core::Role::kAssistant;
  }
  if (name == "system" || name == "developer") {
    return core::Role::kSystem;
  }
  return name == "tool" || name == "function" ? core::Role::kTool : core::Role::kOther;
}

bool is_text_part(std::string_view type) {
  return type == "text" || type == "input_text" || type == "output_text";
}

void append_paragraph(const std::string& text, std::string& out) {
  if (!out.empty() && !text.empty()) {
    out += "\n\n";
  }
  out += text;
}

}  // namespace

std::string MessagesReader::path(std::string_view rest) const {
  return fmt::format("messages[{}]{}", message_, rest);
}

std::string MessagesReader::part_path(std::string_view rest) const {
  return fmt::format("messages[{}].content[{}]{}", message_, part_, rest);
}

bool MessagesReader::read(Value value) {
  const std::optional<Kind> kind = walk_.kind(value);
  if (!kind) {
    return false;
  }
  if (*kind != Kind::kList) {
    return walk_.refuse_type("messages", "a list of messages", *kind);
  }
  const bool fine = walk_.elements(value, [this](Value& message) {
    if (message_ == kMaxMessages) {
      return walk_.refuse("messages",
                          "array_above_max_length",
                          "'messages': expected at most {} messages, found more.",
                          kMaxMessages);
    }
    return read_message(message) && ++message_ > 0;
  });
  if (fine && message_ == 0) {
    return walk_.refuse(
        "messages", "empty_array", "'messages': expected at least one message, found none.");
  }
  return fine;
}

bool MessagesReader::read_message(Value value) {
  const std::optional<Kind> kind = walk_.kind(value);
  if (!kind) {
    return false;
  }
  if (*kind != Kind::kObject) {
    return walk_.refuse_type(path(""), "an object with role and content", *kind);
  }
  view_.conversation.turns.emplace_back();
  has_role_ = false;
  if (!walk_.members(value, [this](BodyWalk::Member& member) { return read_member(member); })) {
    return false;
  }
  return has_role_ || walk_.refuse(path(".role"),
                                   "missing_required_parameter",
                                   "'{}': expected a text such as \"user\", found nothing.",
                                   path(".role"));
}

bool MessagesReader::read_member(BodyWalk::Member& member) {
  if (member.key == "role") {
    return read_role(member.value);
  }
  if (member.key == "content") {
    return read_content(member.value);
  }
  if (member.key == "tool_calls" || member.key == "function_call") {
    return read_calls(member.value);
  }
  return walk_.skip(member.value);
}

bool MessagesReader::read_role(Value value) {
  const std::optional<Kind> kind = walk_.kind(value);
  if (!kind) {
    return false;
  }
  if (*kind != Kind::kText) {
    return walk_.refuse_type(path(".role"), "a text such as \"user\"", *kind);
  }
  std::string name;
  has_role_ = walk_.text(value, &name);
  turn().role = role_of(name);
  if (turn().role == core::Role::kTool) {
    note_tools();
  }
  return has_role_;
}

bool MessagesReader::read_content(Value value) {
  const std::optional<Kind> kind = walk_.kind(value);
  if (!kind) {
    return false;
  }
  turn().text.clear();
  part_ = 0;
  switch (*kind) {
    case Kind::kText:
      return walk_.text(value, &turn().text);
    case Kind::kNull:
      return walk_.skip(value);
    case Kind::kList:
      return walk_.elements(value, [this](Value& part) { return read_part(part) && ++part_ > 0; });
    default:
      return walk_.refuse_type(path(".content"), "a text, a list of parts or null", *kind);
  }
}

void MessagesReader::note_tools() {
  view_.tools_field = view_.uses_tools() ? view_.tools_field : "messages";
}

bool MessagesReader::read_calls(Value value) {
  const std::optional<Kind> kind = walk_.kind(value);
  const std::size_t begin = walk_.offset_of(value);
  if (!kind || !walk_.skip(value)) {
    return false;
  }
  if (*kind != Kind::kNull) {
    note_tools();
  }
  if (*kind == Kind::kList || *kind == Kind::kObject) {
    view_.schema_bytes += walk_.after_container() - begin;
  }
  return true;
}

bool MessagesReader::read_part(Value value) {
  const std::optional<Kind> kind = walk_.kind(value);
  if (!kind) {
    return false;
  }
  if (*kind != Kind::kObject) {
    return walk_.refuse_type(part_path(""), "an object with a type", *kind);
  }
  std::string type;
  std::string text;
  bool has_text = false;
  const bool fine = walk_.members(value, [&](BodyWalk::Member& member) {
    const bool is_type = member.key == "type";
    if (!is_type && member.key != "text") {
      return walk_.skip(member.value);
    }
    const std::optional<Kind> found = walk_.kind(member.value);
    if (found && is_type && *found != Kind::kText) {
      return walk_.refuse_type(part_path(".type"), "a text such as \"text\"", *found);
    }
    if (found && *found != Kind::kText) {
      return walk_.skip(member.value);
    }
    has_text = has_text || !is_type;
    std::string& place = is_type ? type : text;
    place.clear();
    return found && walk_.text(member.value, &place);
  });
  return fine && finish_part(type, has_text ? &text : nullptr);
}

bool MessagesReader::finish_part(const std::string& type, const std::string* text) {
  if (is_text_part(type) && text == nullptr) {
    return walk_.refuse(part_path(".text"),
                        "invalid_type",
                        "'{}': expected a text, since the part's type is \"{}\".",
                        part_path(".text"),
                        type);
  }
  if (text != nullptr && (is_text_part(type) || type.empty())) {
    append_paragraph(*text, turn().text);
  }
  const bool is_seen = type == "image_url" || type == "input_image" || type == "image" ||
                       type == "video_url" || type == "input_video";
  view_.images += is_seen ? 1 : 0;
  view_.has_audio = view_.has_audio || type == "input_audio" || type == "audio_url";
  view_.has_files = view_.has_files || type == "file" || type == "input_file";
  return true;
}

}  // namespace wend::llm
