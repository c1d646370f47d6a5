// SPDX-License-Identifier: Apache-2.0
// One question to the model until its reply can be used, or has been asked for often enough.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "wend/llm/chat.h"
#include "wend/synth/parse_json.h"
#include "wend/synth/prompts.h"

namespace wend::synth {

/// What is asked for: estimates and counts are kept by it.
enum class Role : std::uint8_t { kNodes, kRevise, kChoose, kPairs, kAudit, kSolve };

inline constexpr std::size_t kRoles = 6;

/// The word for a role in tables and JSON.
std::string_view word_of(Role role);

/// The schema that a role's replies are held to. Not of kSolve, whose replies are free.
Shape shape_of(Role role);

/// What is put to the model now.
struct Ask {
  Role role = Role::kNodes;
  std::vector<llm::ChatMessage> messages;
  /// Tells apart what is asked in the same words again: a round, an attempt.
  std::uint32_t draw = 0;
};

class Exchange {
 public:
  /// A reply that cannot be used is asked for again so often.
  static constexpr std::size_t kAsksAgain = 2;

  explicit Exchange(Ask ask) : ask_(std::move(ask)) {}

  const Ask& ask() const { return ask_; }

  /// Puts the reply, and what is wrong with it, behind the question. False where it has been asked
  /// again often enough; then nothing changes.
  bool ask_again(const Prompts& prompts, const std::string& reply, const std::string& why);

 private:
  Ask ask_;
  std::size_t asked_again_ = 0;
};

}  // namespace wend::synth
