// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/asked_model.h"

#include <utility>

#include "wend/llm/ledger_key.h"
#include "wend/llm/wire_render.h"

namespace wend::llm {

PaidCall paid_call(const AskedModel& model,
                   std::vector<ChatMessage> messages,
                   const ChatParameters& parameters,
                   const CallPurpose& purpose) {
  PaidCall call;
  call.chat.model = model.upstream_model;
  call.chat.messages = std::move(messages);
  call.row.key = ledger_key({call.chat.messages, model.id, parameters, purpose.draw});
  call.row.query_id = purpose.query_id;
  call.row.prompt_sha256 = prompt_sha256(call.chat.messages);
  call.row.model = model.id;
  call.row.parameters_json = parameters_json(parameters);
  call.row.draw = purpose.draw;
  call.chat.parameters = with_extra_body(parameters, model.extra_body);
  call.prices = model.prices;
  return call;
}

}  // namespace wend::llm
