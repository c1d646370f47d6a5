// SPDX-License-Identifier: Apache-2.0
#include "wend/label/code_queue.h"

#include <algorithm>
#include <atomic>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/label/held_runner.h"

namespace wend::label {
namespace {

using ::testing::SizeIs;

/// Takes a program for its own verdict, and counts how many run at once.
class FakeRunner final : public CodeRunner {
 public:
  base::Result<bool> passes(const CodeTask& task) const override {
    ++runs_;
    const int now = ++running_;
    int most = most_;
    while (now > most && !most_.compare_exchange_weak(most, now)) {
    }
    std::this_thread::sleep_for(std::chrono::microseconds(200));
    --running_;
    if (task.code == "broken") {
      return base::fail(base::Code::kInvalidArgument, "the tests are broken");
    }
    return task.code == "right";
  }

  int most_at_once() const { return most_; }

  int runs() const { return runs_; }

 private:
  mutable std::atomic<int> running_{0};
  mutable std::atomic<int> most_{0};
  mutable std::atomic<int> runs_{0};
};

TEST(CodeQueue, RunsEveryProgramOnceAndSoManyAtOnce) {
  const FakeRunner runner;
  CodeQueue queue(runner, 3);
  constexpr std::size_t kPrograms = 2000;
  std::vector<CodeRun> ended;
  for (std::size_t i = 0; i < kPrograms; ++i) {
    if (!queue.has_room()) {
      std::ranges::move(queue.wait_ended(), std::back_inserter(ended));
    }
    const std::string id = std::to_string(i);
    while (!queue.put(id, {"", "", i % 2 == 0 ? "right" : "wrong", "", ""})) {
      std::ranges::move(queue.wait_ended(), std::back_inserter(ended));
    }
    std::ranges::move(queue.take_ended(), std::back_inserter(ended));
  }
  while (ended.size() < kPrograms) {
    const std::size_t before = ended.size();
    std::ranges::move(queue.wait_ended(), std::back_inserter(ended));
    ASSERT_GT(ended.size(), before) << "some were lost";
  }
  std::set<std::string> ids;
  for (const CodeRun& run : ended) {
    ids.insert(run.id);
    EXPECT_EQ(run.passed.value(), std::stoi(run.id) % 2 == 0);
  }
  EXPECT_THAT(ids, SizeIs(kPrograms));
  EXPECT_THAT(ended, SizeIs(kPrograms));
  EXPECT_LE(runner.most_at_once(), 3);
  EXPECT_THAT(queue.wait_ended(), SizeIs(0));
}

TEST(CodeQueue, TakesNoMoreThanItHasRoomForAndDoesNotWaitForIt) {
  HeldRunner runner;
  CodeQueue queue(runner, 1);
  std::size_t taken = 0;
  while (taken < 2 * CodeQueue::kWaiting && queue.put(std::to_string(taken), {})) {
    ++taken;
  }
  EXPECT_GE(taken, CodeQueue::kWaiting);
  EXPECT_LE(taken, CodeQueue::kWaiting + 1) << "one of them may run";
  runner.let();
  std::size_t ended = 0;
  while (const std::size_t now = queue.wait_ended().size()) {
    ended += now;
  }
  EXPECT_EQ(ended, taken);
  EXPECT_TRUE(queue.put("again", {}));
}

TEST(CodeQueue, HandsErrorsOn) {
  const FakeRunner runner;
  CodeQueue queue(runner, 1);
  EXPECT_TRUE(queue.put("7", {"", "", "broken", "", ""}));
  const std::vector<CodeRun> ended = queue.wait_ended();
  ASSERT_THAT(ended, SizeIs(1));
  EXPECT_EQ(ended[0].id, "7");
  EXPECT_EQ(ended[0].passed.error().message, "the tests are broken");
}

TEST(CodeQueue, DropsWhatWaitsWhenItEnds) {
  const FakeRunner runner;
  {
    CodeQueue queue(runner, 1);
    for (std::uint32_t i = 0; i < 1000; ++i) {
      EXPECT_TRUE(queue.put(std::to_string(i), {}));
    }
  }
  EXPECT_LT(runner.runs(), 1000);
}

}  // namespace
}  // namespace wend::label
