// SPDX-License-Identifier: Apache-2.0
// What a language model says of the prompts that tasks are discovered in: a sentence for each.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "wend/base/progress.h"
#include "wend/base/result.h"
#include "wend/core/call_ledger.h"
#include "wend/discover/describe.h"
#include "wend/llm/dialogue_run.h"
#include "wend/trips/config.h"
#include "wend/trips/dialogue_party.h"

namespace wend::trips {

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

}  // namespace wend::trips
