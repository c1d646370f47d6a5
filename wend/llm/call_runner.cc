// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/call_runner.h"

#include <future>
#include <map>
#include <set>
#include <utility>

#include "wend/base/hash.h"
#include "wend/base/stop.h"
#include "wend/net/io_threads.h"
#include "wend/net/wait.h"

namespace wend::llm {
namespace {

using base::Code;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// How often what waits for another call, or for a signal, looks up.
constexpr milliseconds kLook{20};

/// A lane with its client, alive on the run's thread.
struct OpenLane {
  std::unique_ptr<ChatClient> client;
  std::unique_ptr<LedgeredClient> ledgered;
};

/// The state of one run; everything happens on the one thread of its context.
class Run {
 public:
  Run(CallPlan& plan, const RunOptions& options) : plan_(plan), options_(options) {}

  void open(boost::asio::io_context& context,
            core::CallLedger& ledger,
            const std::vector<Lane>& lanes) {
    for (const Lane& lane : lanes) {
      OpenLane open;
      open.client = lane.connect(context);
      open.ledgered = std::make_unique<LedgeredClient>(
          context, *open.client, ledger, lane.retry, lane.rate, lane.max_concurrent);
      lanes_.push_back(std::move(open));
    }
  }

  /// Starts the workers; `finished` is set when the last has ended.
  void start(boost::asio::io_context& context,
             const std::vector<Lane>& lanes,
             std::promise<void>& finished) {
    finished_ = &finished;
    workers_ = 1;
    for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
      for (std::size_t i = 0; i < lanes[lane].max_concurrent; ++i) {
        ++workers_;
        net::spawn(context, work(lane));
      }
    }
    net::spawn(context, watch());
    end_worker();
  }

  RunReport report() && {
    count_calls();
    return std::move(report_);
  }

 private:
  /// Takes calls of a lane until there is none or the run stops.
  base::Task<void> work(std::size_t lane) {
    while (goes_on()) {
      base::Result<std::optional<PlannedCall>> next = plan_.next(lane);
      if (!next) {
        fail(std::move(next).error());
        break;
      }
      if (!*next && !plan_.expects_more(lane)) {
        break;
      }
      if (!*next) {
        static_cast<void>(co_await net::sleep_until(steady_clock::now() + kLook, stopping_));
        continue;
      }
      const PlannedCall planned = **std::move(next);
      co_await process(lane, planned);
    }
    end_worker();
  }

  base::Task<void> process(std::size_t lane, const PlannedCall& planned) {
    const std::string& key = planned.call.row.key;
    co_await until_free(key);
    claimed_.insert(key);
    co_await answer(*lanes_[lane].ledgered, planned);
    claimed_.erase(key);
  }

  /// From the ledger, or from the upstream. Needs the call's key to be claimed.
  base::Task<void> answer(LedgeredClient& client, const PlannedCall& planned) {
    base::Result<std::optional<PaidReply>> known = client.find(planned.call);
    if (!known) {
      fail(std::move(known).error());
      co_return;
    }
    if (*known) {
      ++report_.reused;
      deliver(planned, **std::move(known));
      co_return;
    }
    const bool may_start = co_await admit(planned);
    if (!may_start) {
      plan_.skip(planned.cell);
      co_return;
    }
    ++report_.in_flight;
    reserved_ += planned.expected_cost;
    const std::uint64_t seed =
        options_.seed ^ base::first_64_bits(base::sha256(planned.call.row.key));
    CallResult<PaidReply> reply = co_await client.ask(planned.call, seed, stopping_);
    --report_.in_flight;
    reserved_ -= planned.expected_cost;
    settle(planned, std::move(reply));
  }

  /// Waits while an equal call is under way: its reply will be in the ledger.
  base::Task<void> until_free(const std::string& key) {
    net::CancelSource never;
    while (claimed_.contains(key)) {
      static_cast<void>(co_await net::sleep_until(steady_clock::now() + kLook, never));
    }
  }

  /// Whether the call may go out. Where the budget has no room for it, it waits for what is
  /// reserved to be settled; where nothing is under way any more, the run stops.
  base::Task<bool> admit(const PlannedCall& planned) {
    while (report_.stopped == StopReason::kNone) {
      if (models_[planned.call.row.model].is_left) {
        co_return false;
      }
      if (!options_.budget ||
          report_.spent + reserved_ + planned.expected_cost <= *options_.budget) {
        co_return true;
      }
      if (report_.in_flight == 0) {
        stop(StopReason::kBudget, {Code::kCancelled, "stopped at the budget", {}});
        co_return false;
      }
      static_cast<void>(co_await net::sleep_until(steady_clock::now() + kLook, stopping_));
    }
    co_return false;
  }

  void settle(const PlannedCall& planned, CallResult<PaidReply> reply) {
    Standing& standing = models_[planned.call.row.model];
    if (reply) {
      standing.failures = 0;
      report_.spent += reply->row.cost.value_or(planned.expected_cost);
      deliver(planned, std::move(reply));
      return;
    }
    const CallFailure& failure = reply.error();
    if (failure.error.code == Code::kCancelled) {
      plan_.skip(planned.cell);  // Not asked, rather than failed.
      return;
    }
    ++report_.failed;
    ++standing.failures;
    const bool is_hopeless =
        failure.advice == Advice::kLeave || standing.failures >= options_.leave_after;
    if (is_hopeless && !std::exchange(standing.is_left, true)) {
      report_.left.push_back({planned.call.row.model, failure.error});
    }
    deliver(planned, std::move(reply));
  }

  void deliver(const PlannedCall& planned, CallResult<PaidReply> result) {
    report_.done += result ? 1 : 0;
    base::Status taken = plan_.take(planned.cell, std::move(result));
    if (!taken) {
      fail(std::move(taken).error());
    }
    tell();
  }

  void fail(base::Error error) {
    if (!report_.error) {
      report_.error = error;
    }
    stop(StopReason::kFailure, std::move(error));
  }

  void stop(StopReason reason, base::Error why) {
    if (report_.stopped == StopReason::kNone) {
      report_.stopped = reason;
      why.code = Code::kCancelled;
      stopping_.cancel(std::move(why));
    }
  }

  /// Whether nothing has asked for an end yet, a signal included.
  bool goes_on() {
    base::Status asked = base::check_stop();
    if (!asked && report_.stopped == StopReason::kNone) {
      stop(StopReason::kUser, std::move(asked).error());
      tell();
    }
    return report_.stopped == StopReason::kNone;
  }

  /// Looks for a signal while the workers live: they may all be waiting.
  base::Task<void> watch() {
    net::CancelSource never;
    while (workers_ > 0) {
      static_cast<void>(goes_on());
      static_cast<void>(co_await net::sleep_until(steady_clock::now() + kLook, never));
    }
    finished_->set_value();
  }

  void tell() {
    count_calls();
    plan_.progress(report_);
  }

  void count_calls() {
    report_.calls = 0;
    for (const OpenLane& lane : lanes_) {
      report_.calls += lane.ledgered->attempts();
    }
  }

  void end_worker() { --workers_; }

  struct Standing {
    std::size_t failures = 0;  // In a row.
    bool is_left = false;
  };

  CallPlan& plan_;
  RunOptions options_;
  std::vector<OpenLane> lanes_;
  RunReport report_;
  net::CancelSource stopping_;
  std::set<std::string, std::less<>> claimed_;  // Keys of cells that are being answered.
  std::map<std::string, Standing, std::less<>> models_;
  double reserved_ = 0;
  std::size_t workers_ = 0;
  std::promise<void>* finished_ = nullptr;
};

}  // namespace

RunReport run_calls(CallPlan& plan,
                    core::CallLedger& ledger,
                    const std::vector<Lane>& lanes,
                    const RunOptions& options) {
  net::IoThreads threads(1);
  Run run(plan, options);
  std::promise<void> finished;
  run.open(threads.context(0), ledger, lanes);
  run.start(threads.context(0), lanes, finished);
  threads.start();
  finished.get_future().wait();
  threads.stop();
  return std::move(run).report();
}

}  // namespace wend::llm
