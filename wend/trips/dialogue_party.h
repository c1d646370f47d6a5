// SPDX-License-Identifier: Apache-2.0
// Whom discovery asks about prompts and tasks. What is asked is paid for and goes on where it was
// stopped.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "wend/base/progress.h"
#include "wend/base/result.h"
#include "wend/core/call_ledger.h"
#include "wend/llm/call_runner.h"
#include "wend/llm/dialogue_run.h"
#include "wend/trips/config.h"
#include "wend/trips/lanes.h"

namespace wend::trips {

/// Who is asked, and for how much.
struct DescriberChoice {
  std::string model;  ///< Empty: discover.describer of the configuration.
  std::optional<double> budget = {};
  std::uint64_t seed = 1;
};

/// How a run of dialogues ended.
struct DialoguesRun {
  llm::RunReport run;
  llm::DialogueTally calls;

  /// Whether everything has been asked about.
  bool is_whole() const { return run.stopped == llm::StopReason::kNone && run.left.empty(); }
};

/// Which texts of prompts/ are said, and how long a reply may be.
struct PartyTexts {
  const char* prompt;
  const char* again;
  std::int64_t max_tokens;
};

/// The model of a choice, ready to be asked.
struct DialogueParty {
  llm::Partner partner;
  std::vector<llm::Lane> lanes;
  std::optional<base::Error> missing_key;
  std::string currency;
  DescriberChoice choice;
  std::string prompt;  ///< With its {{places}}.

  /// Ready by a text of prompts/ and its reminder; a reply has at most so many tokens. Fails for an
  /// unknown model and for texts that are not there. Calls nobody.
  static base::Result<DialogueParty> prepare(DescriberChoice choice,
                                             const Config& config,
                                             const PartyTexts& texts);

  /// Fails where no call can be made: a missing key, a budget without a price.
  base::Status check_ready() const;

  /// Borrows the items and us.
  std::unique_ptr<llm::DialogueRun> dialogues(llm::DialogueItems& items) const {
    return std::make_unique<llm::DialogueRun>(items, partner, choice.seed);
  }

  base::Result<DialoguesRun> run(llm::DialogueRun& dialogues,
                                 core::CallLedger& ledger,
                                 base::Progress& progress) const;
};

}  // namespace wend::trips
