// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wend/llm/wire_request.h"
#include "wend/serve/chat.h"
#include "wend/serve/decide.h"
#include "wend/serve/decision_record.h"

namespace wend::serve {

/// The record of a request that has just been decided; the prompt is in it only where prompts are
/// kept.
DecisionRecord new_record(const Admitted& admitted,
                          const llm::ChatView& view,
                          std::string endpoint,
                          Decided decided);

}  // namespace wend::serve
