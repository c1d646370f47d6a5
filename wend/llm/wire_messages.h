// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "wend/llm/wire_request.h"
#include "wend/llm/wire_walk.h"

namespace wend::llm {

/// Reads the member "messages" into the view's conversation, and notes in the view what the
/// messages hold beside text. Messages must be objects with a role; content is a text, a list of
/// parts, null or absent. Roles, parts and keys that are not known pass.
class MessagesReader {
 public:
  MessagesReader(BodyWalk& walk, ChatView& view) : walk_(walk), view_(view) {}

  bool read(BodyWalk::Value value);

 private:
  bool read_message(BodyWalk::Value value);
  bool read_member(BodyWalk::Member& member);
  bool read_role(BodyWalk::Value value);
  bool read_content(BodyWalk::Value value);
  bool read_part(BodyWalk::Value value);
  bool read_calls(BodyWalk::Value value);
  void note_tools();
  bool finish_part(const std::string& type, const std::string* text);

  core::Turn& turn() { return view_.conversation.turns.back(); }

  /// "messages[3]" and what follows it.
  std::string path(std::string_view rest) const;
  std::string part_path(std::string_view rest) const;

  BodyWalk& walk_;
  ChatView& view_;
  std::size_t message_ = 0;
  std::size_t part_ = 0;
  bool has_role_ = false;
};

}  // namespace wend::llm
