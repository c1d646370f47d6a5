// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/describe.h"

#include <utility>

namespace wend::trips {

using base::Result;

Result<std::unique_ptr<DescribeTrip>> DescribeTrip::prepare(
    std::vector<discover::PromptText> prompts,
    DescriberChoice choice,
    const Config& config,
    core::CallLedger& ledger) {
  std::unique_ptr<DescribeTrip> trip(new DescribeTrip());
  const PartyTexts texts = {"describe", "describe_again", config.discover.describer_max_tokens};
  trip->party_ = TRY(DialogueParty::prepare(std::move(choice), config, texts));
  trip->describer_ = {trip->party_.partner, trip->party_.prompt};
  trip->prompts_ = std::move(prompts);
  trip->items_ =
      std::make_unique<discover::DescribeItems>(ledger, trip->describer_, trip->prompts_);
  trip->run_ = trip->party_.dialogues(*trip->items_);
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

}  // namespace wend::trips
