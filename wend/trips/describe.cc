// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/describe.h"

#include <utility>

#include "wend/base/stop.h"
#include "wend/llm/prompt_texts.h"
#include "wend/trips/spending_progress.h"

namespace wend::trips {

using base::Result;
using base::Status;

namespace {

/// Which texts of prompts/ are said, and how long a reply may be.
struct Words {
  const char* prompt;
  const char* again;
  std::int64_t max_tokens;
};

Result<DialogueParty> party_of(DescriberChoice choice, const Config& config, const Words& words) {
  const std::string& wanted = choice.model.empty() ? config.discover.describer : choice.model;
  if (wanted.empty()) {
    return base::fail(base::Code::kInvalidArgument,
                      "no model to ask: expected --describe MODEL, or discover.describer in the "
                      "configuration");
  }
  const llm::PromptTexts texts = TRY(llm::prompt_texts(config.prompts.folder));
  const ModelConfig* const model = TRY(find_asked_model(config, "--describe", wanted));
  LaneBook lanes(config, patience_of(config.label));
  DialogueParty party;
  party.partner.model = TRY(lanes.add(*model));
  party.partner.parameters.max_tokens = words.max_tokens;
  party.partner.parameters.temperature = 0;
  party.partner.parameters.extra_json = config.discover.describer_parameters;
  party.partner.again = texts.at(words.again);
  party.prompt = texts.at(words.prompt);
  party.missing_key = lanes.missing_key();
  party.lanes = std::move(lanes).take_lanes();
  party.currency = config.currency;
  party.choice = std::move(choice);
  return party;
}

}  // namespace

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

Result<std::unique_ptr<DescribeTrip>> DescribeTrip::prepare(
    std::vector<discover::PromptText> prompts,
    DescriberChoice choice,
    const Config& config,
    core::CallLedger& ledger) {
  std::unique_ptr<DescribeTrip> trip(new DescribeTrip());
  const Words words = {"describe", "describe_again", config.discover.describer_max_tokens};
  trip->party_ = TRY(party_of(std::move(choice), config, words));
  trip->describer_ = {trip->party_.partner, trip->party_.prompt};
  trip->prompts_ = std::move(prompts);
  trip->items_ =
      std::make_unique<discover::DescribeItems>(ledger, trip->describer_, trip->prompts_);
  trip->run_ = std::make_unique<llm::DialogueRun>(
      *trip->items_, trip->describer_.partner, trip->party_.choice.seed);
  return trip;
}

Result<DescribeResult> DescribeTrip::run(core::CallLedger& ledger, base::Progress& progress) {
  progress.start("describe", items_->count());
  DescribeResult result;
  result.asked = TRY(party_.run(*run_, ledger, progress));
  result.descriptions = items_->descriptions();
  for (const discover::Description& description : result.descriptions) {
    result.described += description.end == discover::DescriptionEnd::kDescribed ? 1 : 0;
    result.unreadable += description.end == discover::DescriptionEnd::kUnreadable ? 1 : 0;
    result.unanswered += description.end == discover::DescriptionEnd::kUnanswered ? 1 : 0;
    result.asked_again += description.again;
  }
  return result;
}

Result<std::unique_ptr<NameTrip>> NameTrip::prepare(std::vector<discover::NamedTask> tasks,
                                                    DescriberChoice choice,
                                                    const Config& config,
                                                    core::CallLedger& ledger) {
  std::unique_ptr<NameTrip> trip(new NameTrip());
  const Words words = {"name_task", "name_task_again", config.discover.namer_max_tokens};
  trip->party_ = TRY(party_of(std::move(choice), config, words));
  trip->namer_ = {trip->party_.partner, trip->party_.prompt};
  trip->tasks_ = std::move(tasks);
  trip->items_ = std::make_unique<discover::NameItems>(ledger, trip->namer_, trip->tasks_);
  trip->run_ = std::make_unique<llm::DialogueRun>(
      *trip->items_, trip->namer_.partner, trip->party_.choice.seed);
  return trip;
}

Result<NameResult> NameTrip::run(core::CallLedger& ledger, base::Progress& progress) {
  progress.start("name tasks", items_->count());
  NameResult result;
  result.asked = TRY(party_.run(*run_, ledger, progress));
  std::vector<std::vector<std::string>> words;
  for (std::size_t task = 0; task < tasks_.size(); ++task) {
    const discover::Naming& naming = items_->namings()[task];
    result.titles.push_back(naming.title);
    words.push_back(tasks_[task].words);
    result.named += naming.end == discover::NamingEnd::kNamed ? 1 : 0;
    result.unreadable += naming.end == discover::NamingEnd::kUnreadable ? 1 : 0;
    result.unanswered += naming.end == discover::NamingEnd::kUnanswered ? 1 : 0;
  }
  discover::tell_apart(result.titles, words);
  return result;
}

}  // namespace wend::trips
