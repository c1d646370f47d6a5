// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/call_runner.h"

#include <algorithm>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/core/memory_call_ledger.h"
#include "wend/llm/fake.h"

namespace wend::llm {
namespace {

using std::chrono::milliseconds;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::SizeIs;

CallFailure failure(base::Code code, const std::string& message, Advice advice) {
  return {{code, message, {}}, advice, {}};
}

/// Hands out numbered calls, cell % lanes choosing the lane, and keeps what comes back.
class ListPlan final : public CallPlan {
 public:
  ListPlan(std::size_t cells, std::size_t lanes) : cells_(cells), next_(lanes) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      next_[lane] = lane;
    }
  }

  base::Result<std::optional<PlannedCall>> next(std::size_t lane) override {
    if (next_[lane] >= cells_) {
      return std::nullopt;
    }
    PlannedCall planned;
    planned.cell = std::exchange(next_[lane], next_[lane] + next_.size());
    planned.call.row.key = fmt::format("key {}", planned.cell % distinct);
    planned.call.row.model = fmt::format("model {}", lane);
    planned.call.prices = {1e6, {}, 1e6};
    planned.expected_cost = expected_cost;
    return planned;
  }

  base::Status take(std::size_t cell, CallResult<PaidReply> result) override {
    EXPECT_TRUE(results.emplace(cell, std::move(result)).second) << cell << " twice";
    if (results.size() == fail_at) {
      return base::fail(base::Code::kDataLoss, "the disk is full");
    }
    return {};
  }

  void progress(const RunReport&) override {}

  std::size_t distinct = 1'000'000;
  std::size_t fail_at = 0;
  double expected_cost = 0;
  std::map<std::size_t, CallResult<PaidReply>> results;

 private:
  std::size_t cells_;
  std::vector<std::size_t> next_;
};

/// A lane whose client outlives the run, to be asked about it.
struct TestLane {
  explicit TestLane(FakeChatClient::Answer answer, milliseconds delay = milliseconds(0))
      : client(std::make_shared<FakeChatClient>(std::move(answer), delay)) {}

  Lane lane(std::size_t at_once) const {
    class Forward final : public ChatClient {
     public:
      explicit Forward(std::shared_ptr<FakeChatClient> client) : client_(std::move(client)) {}

      base::Task<CallResult<ChatReply>> ask(const ChatRequest& request,
                                            net::CancelSource& cancel) override {
        return client_->ask(request, cancel);
      }

     private:
      std::shared_ptr<FakeChatClient> client_;
    };

    Lane result;
    result.connect = [client = client](boost::asio::io_context&) {
      return std::make_unique<Forward>(client);
    };
    result.max_concurrent = at_once;
    result.retry.first_wait = milliseconds(2);
    return result;
  }

  std::shared_ptr<FakeChatClient> client;
};

CallResult<ChatReply> yes(const ChatRequest&) {
  return fake_reply("yes", 1, 1);
}

TEST(CallRunner, AnswersEveryCellWithinEachLanesConcurrency) {
  ListPlan plan(100, 2);
  core::MemoryCallLedger ledger;
  const TestLane one(yes, milliseconds(1));
  const TestLane two(yes, milliseconds(1));
  const RunReport report = run_calls(plan, ledger, {one.lane(1), two.lane(7)}, {});
  EXPECT_THAT(plan.results, SizeIs(100));
  EXPECT_EQ(report.done, 100U);
  EXPECT_EQ(report.calls, 100U);
  EXPECT_EQ(report.reused, 0U);
  EXPECT_DOUBLE_EQ(report.spent, 200);
  EXPECT_EQ(report.stopped, StopReason::kNone);
  EXPECT_EQ(one.client->most_at_once(), 1);
  EXPECT_LE(two.client->most_at_once(), 7);
  EXPECT_GT(two.client->most_at_once(), 1);
  EXPECT_THAT(one.client->keys(), Each(::testing::Pair(::testing::_, 1)));
  EXPECT_EQ(ledger.size(), 100U);
}

TEST(CallRunner, AsksNothingThatIsInTheLedger) {
  core::MemoryCallLedger ledger;
  const TestLane lane(yes);
  ListPlan first(10, 1);
  run_calls(first, ledger, {lane.lane(3)}, {});
  ListPlan again(12, 1);
  const RunReport report = run_calls(again, ledger, {lane.lane(3)}, {});
  EXPECT_EQ(report.done, 12U);
  EXPECT_EQ(report.reused, 10U);
  EXPECT_EQ(report.calls, 2U);
  EXPECT_DOUBLE_EQ(report.spent, 4);
  EXPECT_EQ(again.results.at(3)->row.reply.text, "yes");
}

TEST(CallRunner, AsksEqualCallsOnce) {
  core::MemoryCallLedger ledger;
  const TestLane lane(yes, milliseconds(5));
  ListPlan plan(40, 1);
  plan.distinct = 4;
  const RunReport report = run_calls(plan, ledger, {lane.lane(8)}, {});
  EXPECT_EQ(report.done, 40U);
  EXPECT_EQ(report.calls, 4U);
  EXPECT_EQ(report.reused, 36U);
}

TEST(CallRunner, RetriesWhatMayGoWellAndLeavesTheCellMissingWhereItDoesNot) {
  core::MemoryCallLedger ledger;
  std::map<std::string, int> tries;
  const TestLane lane([&](const ChatRequest& request) -> CallResult<ChatReply> {
    const int attempt = ++tries[std::string(request.idempotency_key)];
    if (request.idempotency_key == "key 3") {
      return tl::unexpected(failure(base::Code::kUnavailable, "500", Advice::kRetry));
    }
    if (request.idempotency_key == "key 5") {
      return tl::unexpected(failure(base::Code::kInvalidArgument, "400", Advice::kGiveUp));
    }
    if (attempt < 3) {
      return tl::unexpected(failure(base::Code::kResourceExhausted, "429", Advice::kRetry));
    }
    return fake_reply("yes", 1, 1);
  });
  ListPlan plan(8, 1);
  const RunReport report = run_calls(plan, ledger, {lane.lane(4)}, {});
  EXPECT_EQ(report.done, 6U);
  EXPECT_EQ(report.failed, 2U);
  EXPECT_EQ(report.calls, 6U * 3 + 5 + 1);
  EXPECT_EQ(plan.results.at(3).error().error.message, "500");
  EXPECT_EQ(plan.results.at(5).error().error.message, "400");
  EXPECT_EQ(ledger.size(), 6U);
  EXPECT_THAT(report.left, SizeIs(0));
}

TEST(CallRunner, AsksLessAtOnceWhereAnUpstreamRefuses) {
  // Takes two calls at once and refuses what is more.
  core::MemoryCallLedger ledger;

  class Narrow final : public ChatClient {
   public:
    explicit Narrow(int& refused) : refused_(refused) {}

    base::Task<CallResult<ChatReply>> ask(const ChatRequest&, net::CancelSource& cancel) override {
      if (at_once_ >= 2) {
        ++refused_;
        co_return tl::unexpected(failure(base::Code::kResourceExhausted, "429", Advice::kRetry));
      }
      ++at_once_;
      const auto until = std::chrono::steady_clock::now() + milliseconds(2);
      static_cast<void>(co_await net::sleep_until(until, cancel));
      --at_once_;
      co_return fake_reply("yes", 1, 1);
    }

   private:
    int& refused_;
    int at_once_ = 0;
  };

  int refused = 0;
  Lane lane;
  lane.connect = [&](boost::asio::io_context&) { return std::make_unique<Narrow>(refused); };
  lane.max_concurrent = 32;
  lane.retry.first_wait = milliseconds(2);
  lane.retry.attempts = 10;
  ListPlan plan(300, 1);
  const RunReport report = run_calls(plan, ledger, {lane}, {});
  EXPECT_EQ(report.done, 300U);
  EXPECT_EQ(report.failed, 0U);
  EXPECT_GT(refused, 0);
  EXPECT_LT(refused, 300);  // 32 at once, tried again and again, would be refused far more often.
}

TEST(CallRunner, HoldsBackCallsThatHaveTheirPlaceAlready) {
  // One place every 100 ms; the first call is told to wait 350, when the others have theirs.
  core::MemoryCallLedger ledger;
  std::vector<std::chrono::steady_clock::time_point> begun;
  const TestLane fake([&](const ChatRequest&) -> CallResult<ChatReply> {
    begun.push_back(std::chrono::steady_clock::now());
    if (begun.size() == 1) {
      CallFailure wait = failure(base::Code::kResourceExhausted, "429", Advice::kRetry);
      wait.retry_after = milliseconds(350);
      return tl::unexpected(wait);
    }
    return fake_reply("yes", 1, 1);
  });
  Lane lane = fake.lane(4);
  lane.rate.requests_per_minute = 600;
  ListPlan plan(4, 1);
  EXPECT_EQ(run_calls(plan, ledger, {lane}, {}).done, 4U);
  ASSERT_EQ(begun.size(), 5U);
  EXPECT_GE(begun[1] - begun[0], milliseconds(350));
}

TEST(CallRunner, StopsAtTheBudget) {
  core::MemoryCallLedger ledger;
  const TestLane lane(yes, milliseconds(1));
  ListPlan plan(100, 1);
  plan.expected_cost = 2;
  RunOptions options;
  options.budget = 21;
  const RunReport report = run_calls(plan, ledger, {lane.lane(4)}, options);
  EXPECT_EQ(report.stopped, StopReason::kBudget);
  EXPECT_EQ(report.done, 10U);
  EXPECT_DOUBLE_EQ(report.spent, 20);
  EXPECT_FALSE(report.error);
}

TEST(CallRunner, OvershootsABudgetByNoMoreThanWhatIsUnderWay) {
  core::MemoryCallLedger ledger;
  const TestLane lane(yes, milliseconds(1));
  ListPlan plan(100, 1);  // Nothing is expected to cost anything, and everything costs 2.
  RunOptions options;
  options.budget = 21;
  const RunReport report = run_calls(plan, ledger, {lane.lane(4)}, options);
  EXPECT_EQ(report.stopped, StopReason::kBudget);
  EXPECT_LE(report.spent, 21 + 4 * 2);
  EXPECT_GT(report.spent, 20);
}

TEST(CallRunner, LeavesAModelWhoseEveryCallFails) {
  core::MemoryCallLedger ledger;
  const TestLane bad([](const ChatRequest&) -> CallResult<ChatReply> {
    return tl::unexpected(failure(base::Code::kUnauthenticated, "401", Advice::kLeave));
  });
  const TestLane good(yes);
  ListPlan plan(200, 2);
  const RunReport report = run_calls(plan, ledger, {bad.lane(2), good.lane(2)}, {});
  EXPECT_EQ(report.done, 100U);
  EXPECT_LE(report.failed, 2U);
  ASSERT_THAT(report.left, SizeIs(1));
  EXPECT_EQ(report.left[0].model, "model 0");
  EXPECT_EQ(report.left[0].error.message, "401");
}

TEST(CallRunner, LeavesAModelAfterManyFailuresInARow) {
  core::MemoryCallLedger ledger;
  const TestLane bad([](const ChatRequest&) -> CallResult<ChatReply> {
    return tl::unexpected(failure(base::Code::kDataLoss, "no chat", Advice::kGiveUp));
  });
  ListPlan plan(200, 1);
  RunOptions options;
  options.leave_after = 10;
  const RunReport report = run_calls(plan, ledger, {bad.lane(1)}, options);
  EXPECT_EQ(report.failed, 10U);
  EXPECT_EQ(report.calls, 10U);
  EXPECT_THAT(report.left, SizeIs(1));
}

TEST(CallRunner, EndsWithTheErrorOfThePlan) {
  core::MemoryCallLedger ledger;
  const TestLane lane(yes);
  ListPlan plan(100, 1);
  plan.fail_at = 5;
  const RunReport report = run_calls(plan, ledger, {lane.lane(2)}, {});
  EXPECT_EQ(report.stopped, StopReason::kFailure);
  ASSERT_TRUE(report.error);
  EXPECT_THAT(report.error->message, HasSubstr("the disk is full"));
  EXPECT_LT(report.done, 10U);
}

/// Chains of calls, each of which is known once the one before it is answered; the last link of a
/// chain asks nothing more.
class ChainPlan final : public CallPlan {
 public:
  ChainPlan(std::size_t chains, std::size_t links)
      : links_(links), asked_(chains), ready_(chains, true) {}

  base::Result<std::optional<PlannedCall>> next(std::size_t) override {
    for (std::size_t chain = 0; chain < ready_.size(); ++chain) {
      if (ready_[chain] && asked_[chain] < links_) {
        ready_[chain] = false;
        PlannedCall planned;
        planned.cell = chain;
        planned.call.row.key = fmt::format("key {} {}", chain, asked_[chain]++);
        planned.call.row.model = "model";
        planned.call.prices = {1e6, {}, 1e6};
        planned.expected_cost = 2;
        return planned;
      }
    }
    return std::nullopt;
  }

  bool expects_more(std::size_t) const override {
    return std::ranges::find(ready_, false) != ready_.end();
  }

  base::Status take(std::size_t cell, CallResult<PaidReply> result) override {
    replies += result ? 1 : 0;
    end_link(cell);
    return {};
  }

  void skip(std::size_t cell) override {
    ++skipped;
    end_link(cell);
    asked_[cell] = links_;
  }

  void progress(const RunReport&) override {}

  std::size_t replies = 0;
  std::size_t skipped = 0;

 private:
  void end_link(std::size_t cell) {
    EXPECT_FALSE(ready_[cell]);
    ready_[cell] = true;
  }

  std::size_t links_;
  std::vector<std::size_t> asked_;
  std::vector<bool> ready_;
};

TEST(CallRunner, AsksALaneAgainThatWaitsForReplies) {
  core::MemoryCallLedger ledger;
  const TestLane lane(yes, milliseconds(1));
  ChainPlan plan(3, 10);
  const RunReport report = run_calls(plan, ledger, {lane.lane(8)}, {});
  EXPECT_EQ(plan.replies, 30U);
  EXPECT_EQ(report.done, 30U);
  EXPECT_EQ(report.calls, 30U);
  EXPECT_LE(lane.client->most_at_once(), 3);
  EXPECT_GT(lane.client->most_at_once(), 1);
  EXPECT_EQ(plan.skipped, 0U);
}

TEST(CallRunner, TellsAPlanOfTheCallsThatItSkips) {
  core::MemoryCallLedger ledger;
  const TestLane bad([](const ChatRequest&) -> CallResult<ChatReply> {
    return tl::unexpected(failure(base::Code::kUnauthenticated, "401", Advice::kLeave));
  });
  ChainPlan left(3, 10);
  const RunReport report = run_calls(left, ledger, {bad.lane(1)}, {});
  EXPECT_EQ(report.failed, 1U);
  EXPECT_EQ(left.skipped, 3U);

  const TestLane lane(yes, milliseconds(1));
  ChainPlan stopped(3, 10);
  RunOptions options;
  options.budget = 9;
  EXPECT_EQ(run_calls(stopped, ledger, {lane.lane(2)}, options).stopped, StopReason::kBudget);
  EXPECT_EQ(stopped.replies, 4U);
  EXPECT_GE(stopped.skipped, 1U);
}

/// A ledger that loses what it is given.
class LosingLedger final : public core::CallLedger {
 public:
  base::Result<std::optional<std::string>> find(std::string_view) override { return std::nullopt; }

  void put(std::string, std::string, Done done) override {
    done(base::fail(base::Code::kResourceExhausted, "the disk is full"));
  }
};

TEST(CallRunner, CountsNoReplyThatTheLedgerHasNot) {
  LosingLedger ledger;
  const TestLane lane(yes);
  ListPlan plan(50, 1);
  const RunReport report = run_calls(plan, ledger, {lane.lane(1)}, {});
  EXPECT_EQ(report.done, 0U);
  EXPECT_EQ(report.calls, 1U);
  ASSERT_THAT(report.left, SizeIs(1));
  EXPECT_EQ(report.left[0].error.message, "the disk is full");
}

TEST(CallRunner, RefusesALedgerRowThatIsNone) {
  core::MemoryCallLedger ledger;
  ledger.put("key 0", "{}", [](const base::Status&) {});
  const TestLane lane(yes);
  ListPlan plan(1, 1);
  const RunReport report = run_calls(plan, ledger, {lane.lane(1)}, {});
  ASSERT_TRUE(report.error);
  EXPECT_THAT(report.error->message, HasSubstr("ledger row 'key 0'"));
}

}  // namespace
}  // namespace wend::llm
