// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/dialogue.h"

#include <utility>
#include <vector>

#include "wend/llm/cost.h"
#include "wend/llm/expectation.h"

namespace wend::llm {
namespace {

std::optional<double> cost_of_reply(const ChatReply& reply,
                                    const std::vector<ChatMessage>& messages,
                                    const TokenPrices& prices) {
  Usage usage = reply.usage;
  if (!usage.prompt_tokens) {
    usage.prompt_tokens = static_cast<std::int64_t>(rough_tokens(messages));
  }
  if (!usage.completion_tokens) {
    usage.completion_tokens = static_cast<std::int64_t>(rough_tokens(reply.text));
  }
  return cost_of(usage, prices);
}

}  // namespace

base::Result<DialogueStep> follow_dialogue(
    core::CallLedger& ledger,
    const Partner& partner,
    const Question& question,
    const std::function<bool(std::string_view)>& is_readable) {
  constexpr std::size_t kMostReminders = 2;
  std::vector<ChatMessage> messages = {{"user", question.text}};
  DialogueStep step;
  while (true) {
    step.call = paid_call(partner.model, messages, partner.parameters, {question.query_id, 0});
    std::optional<LedgerRow> row = TRY(find_row(ledger, step.call.row.key));
    if (!row) {
      step.state = DialogueState::kOpen;
      return step;
    }
    const auto cost = cost_of_reply(row->reply, messages, partner.model.prices);
    step.cost = step.cost && cost ? std::optional(*step.cost + *cost) : std::nullopt;
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

}  // namespace wend::llm
