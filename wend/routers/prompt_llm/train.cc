// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/prompt_llm/train.h"

#include "wend/routers/model_means.h"
#include "wend/routers/prompt_llm/options.h"
#include "wend/routers/prompt_llm/router.h"

namespace wend::routers {

base::Result<TrainedRouter> train_prompt_llm(const RouterSpec& spec, const TrainContext& context) {
  PromptLlmOptions options = TRY(PromptLlmOptions::parse(spec));
  TRY(ModelMeans::of(context.set.train).check_choosable());
  TrainedRouter trained;
  trained.config_json = options.to_json();
  trained.unservable = make_prompt_llm(context.set);
  return trained;
}

}  // namespace wend::routers
