// SPDX-License-Identifier: Apache-2.0
// What a judge is worth: it is asked about replies whose scores are known.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "wend/base/progress.h"
#include "wend/base/result.h"
#include "wend/core/call_ledger.h"
#include "wend/label/check_judge.h"
#include "wend/store/store.h"
#include "wend/trips/config.h"
#include "wend/trips/judge.h"

namespace wend::trips {

/// Replies with known scores: of a file (label::read_known_replies), of a folder of outcomes with
/// its replies, or of a collection of the store, whichever `name` is. `store` may be null.
base::Result<std::vector<label::KnownReply>> find_known_replies(const std::string& name,
                                                                store::Store* store);

struct CheckJudgeResult {
  llm::RunReport run;
  label::JudgeTally tally;
  llm::DialogueTally calls;
  std::vector<label::JudgeComparison> comparisons;  ///< All first, then by model.
};

class CheckJudgeTrip {
 public:
  struct Request {
    std::vector<label::KnownReply> replies;
    std::string judge;  ///< Empty: the configuration's.
    std::optional<double> budget;
    std::uint64_t seed = 1;
  };

  /// Calls nobody. `ledger` must outlive it.
  static base::Result<std::unique_ptr<CheckJudgeTrip>> prepare(Request request,
                                                               const Config& config,
                                                               core::CallLedger& ledger);

  base::Result<llm::DialogueEstimate> estimate() { return run_.estimate(); }

  /// Fails where no call can be made: a missing key, a budget without a price.
  base::Status check_ready() const;

  base::Result<CheckJudgeResult> run(core::CallLedger& ledger, base::Progress& progress);

  const std::string& judge() const { return judge_.judge.partner.model.id; }

 private:
  CheckJudgeTrip(Request request, ReadyJudge judge, core::CallLedger& ledger);

  Request request_;
  ReadyJudge judge_;
  label::KnownReplies replies_;
  label::JudgeItems items_;
  llm::DialogueRun run_;
  std::string currency_;
};

}  // namespace wend::trips
