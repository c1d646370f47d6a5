// SPDX-License-Identifier: Apache-2.0
// Quality by a judge: another model compares a reply with the reference and says a number.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>

#include "wend/base/result.h"
#include "wend/core/call_ledger.h"
#include "wend/core/query.h"
#include "wend/llm/dialogue.h"
#include "wend/llm/dialogue_run.h"

namespace wend::label {

struct Judge {
  llm::Partner partner;
  std::string prompt;  ///< With {{question}}, {{reference}} and {{answer}}.
  /// Ids of the candidates that are the judge itself, under whatever name: forced, and suspect.
  std::set<std::string> itself;
};

/// What is judged.
struct JudgedReply {
  std::string query_id;
  std::string question;
  std::string reference;
  std::string answer;
};

/// A query's reply as the judge gets it: without what a model thought aloud, as metrics read it.
JudgedReply judged_reply(const core::QueryRecord& query, std::string_view reply);

/// What the judge said of a reply.
struct Verdict {
  std::optional<double> score;  ///< Absent: three replies without a score. Missing, never a zero.
  std::string said;             ///< The last reply, cut short.
  std::size_t again = 0;        ///< How often it had to be asked again.
  std::string reply_id;         ///< The ledger's row that decided.
};

/// Why no judge can score a reply to this query: no reference to judge by. OK where it can.
base::Status check_judgeable(const core::QueryRecord& query);

/// Where the judging of a reply stands by the ledger.
base::Result<llm::DialogueStep> follow_judge(core::CallLedger& ledger,
                                             const Judge& judge,
                                             const JudgedReply& reply);

/// The verdict of a dialogue that is not open.
Verdict verdict_of(const llm::DialogueStep& step);

/// Replies that a judge is to score, as they are asked for, so that no more are in memory than are
/// under way.
class JudgedReplies {
 public:
  virtual ~JudgedReplies() = default;

  virtual std::size_t count() const = 0;

  /// Nothing where there is no reply, or none that can be judged.
  virtual base::Result<std::optional<JudgedReply>> at(std::size_t index) = 0;

  virtual base::Status take(std::size_t index, const Verdict& verdict) = 0;

  /// The judge could not be asked.
  virtual base::Status give_up(std::size_t index, const llm::CallFailure& failure) = 0;
};

struct JudgeTally {
  std::size_t scored = 0;
  std::size_t unparsable = 0;   ///< Three replies without a score: missing and left out.
  std::size_t failed = 0;       ///< Not asked to the end: the next run asks again.
  std::size_t asked_again = 0;  ///< Reminders.
};

/// The replies as items of an llm::DialogueRun. Borrows everything.
class JudgeItems final : public llm::DialogueItems {
 public:
  JudgeItems(core::CallLedger& ledger, const Judge& judge, JudgedReplies& replies)
      : ledger_(ledger), judge_(judge), replies_(replies) {}

  std::size_t count() const override { return replies_.count(); }

  base::Result<std::optional<llm::ItemCall>> look(std::size_t item) override;
  base::Status finish(std::size_t item) override;
  base::Status give_up(std::size_t item, const llm::CallFailure& failure) override;

  const JudgeTally& tally() const { return tally_; }

 private:
  core::CallLedger& ledger_;
  const Judge& judge_;
  JudgedReplies& replies_;
  JudgeTally tally_;
};

}  // namespace wend::label
