// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/judge.h"

#include <set>
#include <utility>

#include "wend/base/template.h"
#include "wend/llm/prompt_texts.h"

namespace wend::trips {

using base::Code;
using base::fail;
using base::Result;

Result<ReadyJudge> prepare_judge(const Config& config,
                                 const std::string& id,
                                 const std::vector<const ModelConfig*>& candidates,
                                 SelfJudging self_judging) {
  const std::string& wanted = id.empty() ? config.label.judge : id;
  if (wanted.empty()) {
    return fail(Code::kInvalidArgument,
                "no judge to ask: expected --judge MODEL, or label.judge in the configuration");
  }
  const ModelConfig* const model = TRY(find_asked_model(config, "--judge", wanted));
  std::set<std::string> itself;
  for (const ModelConfig* other : candidates) {
    if (is_same_model(*model, *other)) {
      itself.insert(other->id);
    }
  }
  if (!itself.empty() && self_judging == SelfJudging::kRefused) {
    return fail(Code::kInvalidArgument,
                "--judge '{}' is one of the models that answer, and models prefer their own "
                "answers; expected --models without it, another judge, or --force-judge",
                wanted);
  }
  const llm::PromptTexts texts = TRY(llm::prompt_texts(config.prompts.folder));
  ReadyJudge ready;
  LaneBook lanes(config, patience_of(config.label));
  label::Judge& judge = ready.judge;
  judge.partner.model = TRY(lanes.add(*model));
  judge.partner.parameters.max_tokens = config.label.judge_max_tokens;
  judge.partner.parameters.temperature = config.label.judge_temperature;
  judge.partner.parameters.extra_json = config.label.judge_parameters;
  judge.partner.again = texts.at("judge_again");
  judge.prompt =
      config.prompts.judge.empty()
          ? texts.at("judge")
          : TRY(base::read_template(
                "prompts.judge", config.prompts.judge, {"question", "reference", "answer"}));
  judge.itself = std::move(itself);
  ready.missing_key = lanes.missing_key();
  ready.lanes = std::move(lanes).take_lanes();
  return ready;
}

}  // namespace wend::trips
