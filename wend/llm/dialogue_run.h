// SPDX-License-Identifier: Apache-2.0
// Many dialogues with one model: the plan that run_calls runs.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "wend/base/result.h"
#include "wend/core/call_ledger.h"
#include "wend/llm/asked_model.h"
#include "wend/llm/call_runner.h"
#include "wend/llm/dialogue.h"
#include "wend/llm/expectation.h"

namespace wend::llm {

/// The next call of an item.
struct ItemCall {
  DialogueStep step;
  std::size_t calls_left = 1;  ///< Expected of the item where it is open, this one included.
};

/// What is asked about: items by number, each with as many calls, one after another, as it takes.
/// Called on one thread.
class DialogueItems {
 public:
  virtual ~DialogueItems() = default;

  virtual std::size_t count() const = 0;

  /// Where an item stands by what the ledger holds now: its open call or, once all are answered,
  /// its last. Nothing where there is nothing to ask about it.
  virtual base::Result<std::optional<ItemCall>> look(std::size_t item) = 0;

  /// All calls of an item are answered.
  virtual base::Status finish(std::size_t item) = 0;

  /// A call of an item failed; the item can be asked about again another time.
  virtual base::Status give_up(std::size_t item, const CallFailure& failure) = 0;
};

/// What there is to ask, before any of it is asked.
struct DialogueEstimate {
  std::size_t items = 0;   ///< That are asked about at all.
  std::size_t reused = 0;  ///< All their calls are in the ledger.
  std::size_t calls = 0;   ///< Expected, equal ones once, without reminders.
  double input_tokens = 0;
  double output_tokens = 0;
  double cost = 0;
  std::size_t unpriced_calls = 0;
};

struct DialogueTally {
  std::size_t reused = 0;                       ///< Items without a new call.
  std::uint64_t input_tokens = 0;               ///< Of new replies.
  std::uint64_t output_tokens = 0;              ///< Of new replies.
  std::map<std::string, std::size_t> failures;  ///< Their sentences, at most twenty kinds.
};

class DialogueRun final : public CallPlan {
 public:
  using Tell = std::function<void(const RunReport&)>;

  /// Borrows the items; asks about them in a seeded order. The model has lane 0.
  DialogueRun(DialogueItems& items, const Partner& partner, std::uint64_t seed);

  base::Result<DialogueEstimate> estimate();

  /// What one more call about `rough_input` tokens (llm's rough count) is expected to take.
  ExpectedCall expect(double rough_input) const {
    return expectation_.expect(rough_input, partner_.model.prices);
  }

  void tell_to(Tell tell) { tell_ = std::move(tell); }

  const DialogueTally& tally() const { return tally_; }

  base::Result<std::optional<PlannedCall>> next(std::size_t lane) override;
  base::Status take(std::size_t item, CallResult<PaidReply> result) override;

  void progress(const RunReport& report) override { tell_(report); }

 private:
  base::Result<std::optional<PlannedCall>> planned(std::size_t item);

  DialogueItems& items_;
  const Partner& partner_;
  Expectation expectation_;
  std::vector<std::uint32_t> order_;
  std::size_t at_ = 0;                   // In order_.
  std::deque<std::size_t> unfinished_;   // Items whose next call is known since a reply came.
  std::map<std::size_t, double> asked_;  // Items under way with a new call: its rough tokens.
  DialogueTally tally_;
  Tell tell_ = [](const RunReport&) {};
};

}  // namespace wend::llm
