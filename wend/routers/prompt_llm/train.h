// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wend/base/result.h"
#include "wend/routers/train_factory.h"

namespace wend::routers {

/// prompt_llm{model=ID,knows=cards|means}: a language model chooses (TRouter's Prompt LLM). All
/// that is learnt is best_static, for what it does not choose. Can be evaluated, where a trip has
/// asked; not served.
base::Result<TrainedRouter> train_prompt_llm(const RouterSpec& spec, const TrainContext& context);

}  // namespace wend::routers
