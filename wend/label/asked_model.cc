// SPDX-License-Identifier: Apache-2.0
#include "wend/label/asked_model.h"

#include <utility>

#include "wend/llm/ledger_key.h"
#include "wend/llm/wire_render.h"

namespace wend::label {
llm::PaidCall paid_call(const AskedModel& model,
                        std::vector<llm::ChatMessage> messages,
                        const llm::ChatParameters& parameters,
                        const CallPurpose& purpose) {
  llm::PaidCall call;
  call.chat.model = model.upstream_model;
  call.chat.messages = std::move(messages);
  call.row.key = llm::ledger_key({call.chat.messages, model.id, parameters, purpose.draw});
  call.row.query_id = purpose.query_id;
  call.row.prompt_sha256 = llm::prompt_sha256(call.chat.messages);
  call.row.model = model.id;
  call.row.parameters_json = llm::parameters_json(parameters);
  call.row.draw = purpose.draw;
  call.chat.parameters = llm::with_extra_body(parameters, model.extra_body);
  call.prices = model.prices;
  return call;
}

}  // namespace wend::label
