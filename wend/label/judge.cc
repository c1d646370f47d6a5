// SPDX-License-Identifier: Apache-2.0
#include "wend/label/judge.h"

#include <utility>

#include "wend/base/check.h"
#include "wend/base/template.h"
#include "wend/label/cells.h"
#include "wend/label/final_answer.h"
#include "wend/label/parse_score.h"
#include "wend/llm/thoughts.h"
#include "wend/llm/wire_escape.h"

namespace wend::label {

using base::Code;
using base::fail;

JudgedReply judged_reply(const core::QueryRecord& query, std::string_view reply) {
  return {query.id,
          question_text(query, ""),
          query.reference,
          std::string(llm::without_thoughts(reply))};
}

base::Status check_judgeable(const core::QueryRecord& query) {
  return query.reference.empty() ? fail(Code::kFailedPrecondition, "no reference to judge by")
                                 : base::Status();
}

base::Result<llm::DialogueStep> follow_judge(core::CallLedger& ledger,
                                             const Judge& judge,
                                             const JudgedReply& reply) {
  const std::string question = base::fill_template(
      judge.prompt,
      {{"question", reply.question}, {"reference", reply.reference}, {"answer", reply.answer}});
  return llm::follow_dialogue(
      ledger, judge.partner, {reply.query_id, question}, [](std::string_view said) {
        return parse_score(said).has_value();
      });
}

Verdict verdict_of(const llm::DialogueStep& step) {
  CHECK(step.state != llm::DialogueState::kOpen,
        "a dialogue that is not at its end has no verdict");
  return {parse_score(step.reply), llm::shortened(step.reply), step.again, step.call.row.key};
}

base::Result<std::optional<llm::ItemCall>> JudgeItems::look(std::size_t item) {
  const std::optional<JudgedReply> reply = TRY(replies_.at(item));
  if (!reply) {
    return std::nullopt;
  }
  return llm::ItemCall{TRY(follow_judge(ledger_, judge_, *reply)), 1};
}

base::Status JudgeItems::finish(std::size_t item) {
  const std::optional<JudgedReply> reply = TRY(replies_.at(item));
  CHECK(reply.has_value(), "the ledger has lost the reply of cell {}", item);
  const Verdict verdict = verdict_of(TRY(follow_judge(ledger_, judge_, *reply)));
  ++(verdict.score ? tally_.scored : tally_.unparsable);
  tally_.asked_again += verdict.again;
  return replies_.take(item, verdict);
}

base::Status JudgeItems::give_up(std::size_t item, const llm::CallFailure& failure) {
  ++tally_.failed;
  return replies_.give_up(item, failure);
}

}  // namespace wend::label
