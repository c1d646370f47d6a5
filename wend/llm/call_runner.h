// SPDX-License-Identifier: Apache-2.0
// Runs a stream of paid calls over several upstreams: pulled one by one, at most so many at once on
// each upstream, within a budget, through the ledger. What is in memory is what is under way.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "wend/base/result.h"
#include "wend/base/task.h"
#include "wend/core/call_ledger.h"
#include "wend/llm/client.h"
#include "wend/llm/ledgered_client.h"

namespace wend::llm {

struct PlannedCall {
  std::size_t cell = 0;  ///< What the call is for, in the plan's own count.
  PaidCall call;
  double expected_cost = 0;  ///< Reserved from the budget while it is under way.
};

/// Where calls come from and where their replies go. Called on one thread.
class CallPlan {
 public:
  virtual ~CallPlan() = default;

  /// The next call of a lane, made when it is asked for; nothing at the lane's end, or where the
  /// lane waits for what a reply will say.
  virtual base::Result<std::optional<PlannedCall>> next(std::size_t lane) = 0;

  /// Whether a lane that has no call now is asked again once a reply has been taken, or a call
  /// skipped. Needs a call under way, or one that another lane has. Plans whose calls are known
  /// from the start leave it as it is.
  virtual bool expects_more(std::size_t /*lane*/) const { return false; }

  /// A call that this run will not make after all: it stops, or the model was left.
  virtual void skip(std::size_t /*cell*/) {}

  /// A reply, new or from the ledger, or why there is none. An error ends the run.
  virtual base::Status take(std::size_t cell, CallResult<PaidReply> result) = 0;

  /// After each call: what the run has come to.
  virtual void progress(const struct RunReport& report) = 0;
};

/// One upstream.
struct Lane {
  std::string name;
  std::function<std::unique_ptr<ChatClient>(boost::asio::io_context&)> connect;
  std::size_t max_concurrent = 4;
  RetryRules retry;
  RateRules rate;
};

struct RunOptions {
  std::optional<double> budget;
  std::uint64_t seed = 1;
  /// Failed calls of one model in a row after which it is asked no more.
  std::size_t leave_after = 20;
};

enum class StopReason : std::uint8_t { kNone, kBudget, kUser, kFailure };

/// A model that was left, and the failure that decided it.
struct LeftModel {
  std::string model;
  base::Error error;
};

struct RunReport {
  std::size_t done = 0;    ///< Cells with a reply.
  std::size_t reused = 0;  ///< Of those, from the ledger.
  std::size_t failed = 0;
  std::size_t calls = 0;  ///< That went out, every attempt counted.
  std::size_t in_flight = 0;
  double spent = 0;  ///< On new replies; where an upstream counts no tokens, what was expected.
  StopReason stopped = StopReason::kNone;
  std::vector<LeftModel> left;
  std::optional<base::Error> error = {};  ///< Where the plan or the ledger failed.
};

/// Runs the plan to its end or to a stop: the budget, a signal (base::check_stop), a failure of the
/// plan's. Calls under way are always waited for, since they are paid for; a new one begins only
/// where spent, reserved and expected money stay within the budget. Equal calls go out once. Needs
/// a thread that is no I/O thread.
RunReport run_calls(CallPlan& plan,
                    core::CallLedger& ledger,
                    const std::vector<Lane>& lanes,
                    const RunOptions& options);

}  // namespace wend::llm
