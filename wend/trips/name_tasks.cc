// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/name_tasks.h"

#include <utility>

namespace wend::trips {

using base::Result;

Result<std::unique_ptr<NameTrip>> NameTrip::prepare(std::vector<discover::NamedTask> tasks,
                                                    DescriberChoice choice,
                                                    const Config& config,
                                                    core::CallLedger& ledger) {
  std::unique_ptr<NameTrip> trip(new NameTrip());
  const PartyTexts texts = {"name_task", "name_task_again", config.discover.namer_max_tokens};
  trip->party_ = TRY(DialogueParty::prepare(std::move(choice), config, texts));
  trip->namer_ = {trip->party_.partner, trip->party_.prompt};
  trip->tasks_ = std::move(tasks);
  trip->items_ = std::make_unique<discover::NameItems>(ledger, trip->namer_, trip->tasks_);
  trip->run_ = trip->party_.dialogues(*trip->items_);
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
