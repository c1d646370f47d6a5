// SPDX-License-Identifier: Apache-2.0
#include "wend/label/dialogue.h"

#include <utility>

namespace wend::label {

base::Result<DialogueStep> follow_dialogue(
    core::CallLedger& ledger,
    const Partner& partner,
    const Question& question,
    const std::function<bool(std::string_view)>& is_readable) {
  constexpr std::size_t kMostReminders = 2;
  std::vector<llm::ChatMessage> messages = {{"user", question.text}};
  DialogueStep step;
  while (true) {
    step.call = llm::paid_call(partner.model, messages, partner.parameters, {question.query_id, 0});
    std::optional<llm::LedgerRow> row = TRY(llm::find_row(ledger, step.call.row.key));
    if (!row) {
      step.state = DialogueState::kOpen;
      return step;
    }
    step.reply = std::move(row->reply.text);
    step.usage = row->reply.usage;
    const bool is_read = is_readable(step.reply);
    if (is_read || step.again == kMostReminders) {
      step.state = is_read ? DialogueState::kRead : DialogueState::kUnreadable;
      return step;
    }
    ++step.again;
    // Some servers refuse an empty turn.
    messages.push_back({"assistant", step.reply.empty() ? "(nothing)" : step.reply});
    messages.push_back({"user", partner.again});
  }
}

}  // namespace wend::label
