// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace wend::core {

enum class Role {
  kSystem,  ///< "system" and "developer".
  kUser,
  kAssistant,
  kTool,   ///< "tool" and "function": what a tool gave back.
  kOther,  ///< A role that we do not know; it goes upstream as it is.
};

/// One message of a chat, as far as a decision looks at it.
struct Turn {
  Role role = Role::kOther;
  std::string text;  ///< Its text parts, a blank line between them; empty where it has none.

  friend bool operator==(const Turn&, const Turn&) = default;
};

/// A chat, oldest turn first.
struct Conversation {
  std::vector<Turn> turns;

  friend bool operator==(const Conversation&, const Conversation&) = default;
};

}  // namespace wend::core
