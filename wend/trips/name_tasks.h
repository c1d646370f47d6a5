// SPDX-License-Identifier: Apache-2.0
// What a language model calls the tasks that were discovered.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "wend/base/progress.h"
#include "wend/base/result.h"
#include "wend/core/call_ledger.h"
#include "wend/discover/ask_names.h"
#include "wend/discover/name_tasks.h"
#include "wend/llm/dialogue_run.h"
#include "wend/trips/config.h"
#include "wend/trips/dialogue_party.h"

namespace wend::trips {

struct NameResult {
  DialoguesRun asked;
  std::vector<discover::TaskTitle> titles;  ///< One per task, no two names alike.
  std::size_t named = 0;                    ///< By the model; the others by their words.
  std::size_t unreadable = 0;
  std::size_t unanswered = 0;
};

class NameTrip {
 public:
  /// `tasks` as discover::name_by_words gives them. Calls nobody.
  static base::Result<std::unique_ptr<NameTrip>> prepare(std::vector<discover::NamedTask> tasks,
                                                         DescriberChoice choice,
                                                         const Config& config,
                                                         core::CallLedger& ledger);

  base::Result<llm::DialogueEstimate> estimate() { return run_->estimate(); }

  base::Status check_ready() const { return party_.check_ready(); }

  base::Result<NameResult> run(core::CallLedger& ledger, base::Progress& progress);

 private:
  NameTrip() = default;

  DialogueParty party_;
  discover::Namer namer_;
  std::vector<discover::NamedTask> tasks_;
  std::unique_ptr<discover::NameItems> items_;
  std::unique_ptr<llm::DialogueRun> run_;
};

}  // namespace wend::trips
