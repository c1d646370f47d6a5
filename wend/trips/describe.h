// SPDX-License-Identifier: Apache-2.0
// What a language model says of the prompts and of the tasks that are discovered in them: a
// sentence for each prompt before, a name for each task after. Both are paid for, both go on where
// they were stopped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "wend/base/progress.h"
#include "wend/base/result.h"
#include "wend/core/call_ledger.h"
#include "wend/discover/ask_names.h"
#include "wend/discover/describe.h"
#include "wend/discover/name_tasks.h"
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

/// The model of a choice, ready to be asked.
struct DialogueParty {
  llm::Partner partner;
  std::vector<llm::Lane> lanes;
  std::optional<base::Error> missing_key;
  std::string currency;
  DescriberChoice choice;
  std::string prompt;  ///< With its {{places}}.

  /// Fails where no call can be made: a missing key, a budget without a price.
  base::Status check_ready() const;

  base::Result<DialoguesRun> run(llm::DialogueRun& dialogues,
                                 core::CallLedger& ledger,
                                 base::Progress& progress) const;
};

struct DescribeResult {
  DialoguesRun asked;
  std::vector<discover::Description> descriptions;  ///< One per prompt.
  std::size_t described = 0;
  std::size_t unreadable = 0;  ///< What was said is no description: their own text stands for them.
  std::size_t unanswered = 0;
  std::size_t asked_again = 0;  ///< Reminders.
};

class DescribeTrip {
 public:
  /// Calls nobody.
  static base::Result<std::unique_ptr<DescribeTrip>> prepare(
      std::vector<discover::PromptText> prompts,
      DescriberChoice choice,
      const Config& config,
      core::CallLedger& ledger);

  base::Result<llm::DialogueEstimate> estimate() { return run_->estimate(); }

  base::Status check_ready() const { return party_.check_ready(); }

  base::Result<DescribeResult> run(core::CallLedger& ledger, base::Progress& progress);

  const std::string& model() const { return party_.partner.model.id; }

 private:
  DescribeTrip() = default;

  DialogueParty party_;
  discover::Describer describer_;
  std::vector<discover::PromptText> prompts_;
  std::unique_ptr<discover::DescribeItems> items_;
  std::unique_ptr<llm::DialogueRun> run_;
};

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
