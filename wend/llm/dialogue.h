// SPDX-License-Identifier: Apache-2.0
// A question whose answer a program reads. What a model says is read strictly; what cannot be read
// is asked again, within the same chat, at most twice. Where a dialogue stands is a function of the
// ledger alone, so that a run goes on wherever another was stopped or killed, and asks and pays for
// nothing twice.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "wend/base/result.h"
#include "wend/core/call_ledger.h"
#include "wend/llm/asked_model.h"

namespace wend::llm {

/// Whom a dialogue is with, and how.
struct Partner {
  AskedModel model;
  ChatParameters parameters;
  std::string again;  ///< What is said to a reply that cannot be read.
};

struct Question {
  std::string query_id;
  std::string text;
};

enum class DialogueState : std::uint8_t {
  kOpen,        ///< A call is to be made.
  kRead,        ///< The last reply can be read.
  kUnreadable,  ///< The question and both reminders got replies that cannot.
};

struct DialogueStep {
  DialogueState state = DialogueState::kOpen;
  PaidCall call;          ///< The one to be made, or the last that was.
  std::size_t again = 0;  ///< How often it had to be asked again.
  std::string reply;      ///< The last; empty before the first.
  Usage usage;            ///< Of the last reply.
  /// Of all replies so far at the model's prices, tokens that no upstream counted taken roughly;
  /// absent where a price is missing.
  std::optional<double> cost = 0.0;
};

/// Follows a dialogue through the ledger. `is_readable` must say the same of the same text always.
base::Result<DialogueStep> follow_dialogue(
    core::CallLedger& ledger,
    const Partner& partner,
    const Question& question,
    const std::function<bool(std::string_view)>& is_readable);

}  // namespace wend::llm
