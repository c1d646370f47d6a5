// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/dialogue_party.h"

#include <utility>

#include "wend/base/stop.h"
#include "wend/llm/prompt_texts.h"
#include "wend/trips/spending_progress.h"

namespace wend::trips {

using base::Result;
using base::Status;

Result<DialogueParty> DialogueParty::prepare(DescriberChoice choice,
                                             const Config& config,
                                             const PartyTexts& texts) {
  const std::string& wanted = choice.model.empty() ? config.discover.describer : choice.model;
  if (wanted.empty()) {
    return base::fail(base::Code::kInvalidArgument,
                      "no model to ask: expected --describe MODEL, or discover.describer in the "
                      "configuration");
  }
  const llm::PromptTexts known = TRY(llm::prompt_texts(config.prompts.folder));
  const ModelConfig* const model = TRY(find_asked_model(config, "--describe", wanted));
  LaneBook lanes(config, patience_of(config.label));
  DialogueParty party;
  party.partner.model = TRY(lanes.add(*model));
  party.partner.parameters.max_tokens = texts.max_tokens;
  party.partner.parameters.temperature = 0;
  party.partner.parameters.extra_json = config.discover.describer_parameters;
  party.partner.again = known.at(texts.again);
  party.prompt = known.at(texts.prompt);
  party.missing_key = lanes.missing_key();
  party.lanes = std::move(lanes).take_lanes();
  party.currency = config.currency;
  party.choice = std::move(choice);
  return party;
}

Status DialogueParty::check_ready() const {
  if (missing_key) {
    return tl::unexpected(*missing_key);
  }
  return choice.budget ? check_priced(partner.model) : Status();
}

Result<DialoguesRun> DialogueParty::run(llm::DialogueRun& dialogues,
                                        core::CallLedger& ledger,
                                        base::Progress& progress) const {
  dialogues.tell_to(spending_teller(progress, currency));
  DialoguesRun asked;
  asked.run = llm::run_calls(dialogues, ledger, lanes, {choice.budget, choice.seed});
  progress.finish();
  if (asked.run.error) {
    return tl::unexpected(*asked.run.error);
  }
  if (!base::check_stop() && asked.run.stopped == llm::StopReason::kNone) {
    asked.run.stopped = llm::StopReason::kUser;
  }
  asked.calls = dialogues.tally();
  return asked;
}

}  // namespace wend::trips
