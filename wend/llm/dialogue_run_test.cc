// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/dialogue_run.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/core/memory_call_ledger.h"
#include "wend/llm/fake.h"

namespace wend::llm {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

/// Questions to which "yes" alone is an answer; an empty one is none.
class YesItems final : public DialogueItems {
 public:
  YesItems(core::CallLedger& ledger, const Partner& partner, std::vector<std::string> texts)
      : ledger_(ledger),
        partner_(partner),
        texts_(std::move(texts)),
        ends_(texts_.size(), "open") {}

  std::size_t count() const override { return texts_.size(); }

  base::Result<std::optional<ItemCall>> look(std::size_t item) override {
    if (texts_[item].empty()) {
      return std::nullopt;
    }
    const Question question = {fmt::format("q{}", item), texts_[item]};
    return ItemCall{TRY(follow_dialogue(
        ledger_, partner_, question, [](std::string_view said) { return said == "yes"; }))};
  }

  base::Status finish(std::size_t item) override {
    const std::optional<ItemCall> call = TRY(look(item));
    const bool is_read = call->step.state == DialogueState::kRead;
    ends_[item] = fmt::format("{} {}", is_read ? "read" : "unreadable", call->step.again);
    return {};
  }

  base::Status give_up(std::size_t item, const CallFailure& /*failure*/) override {
    ends_[item] = "failed";
    return {};
  }

  const std::vector<std::string>& ends() const { return ends_; }

 private:
  core::CallLedger& ledger_;
  const Partner& partner_;
  std::vector<std::string> texts_;
  std::vector<std::string> ends_;
};

class DialogueRuns : public ::testing::Test {
 protected:
  DialogueRuns() {
    partner_.model.id = "asked";
    partner_.model.prices = {1e6, {}, 1e6};
    partner_.again = "again";
  }

  /// Asks about the texts and tells how each ended. The model says yes to what holds "easy" and,
  /// once reminded as often as the text says "hard", to that; "broken" it cannot be asked at all.
  std::vector<std::string> run(const std::vector<std::string>& texts) {
    const auto answer = [this](const ChatRequest& request) -> CallResult<ChatReply> {
      asked_.push_back(request.call.messages.size());
      const std::string& text = request.call.messages.front().content;
      if (text.find("broken") != std::string::npos) {
        return tl::unexpected(
            CallFailure{{base::Code::kUnavailable, "no", {}}, Advice::kGiveUp, {}});
      }
      const auto hard = static_cast<std::size_t>(std::ranges::count(text, '!'));
      return fake_reply(request.call.messages.size() > 2 * hard ? "yes" : "", 3, 1);
    };
    Lane lane;
    lane.connect = [&](boost::asio::io_context&) {
      return std::make_unique<FakeChatClient>(answer);
    };
    lane.max_concurrent = 1;
    YesItems items(ledger_, partner_, texts);
    DialogueRun dialogues(items, partner_, 1);
    estimate_ = *dialogues.estimate();
    report_ = run_calls(dialogues, ledger_, {lane}, {budget_, 1});
    tally_ = dialogues.tally();
    return items.ends();
  }

  core::MemoryCallLedger ledger_;
  Partner partner_;
  std::optional<double> budget_;
  std::vector<std::size_t> asked_;  // Messages of each call.
  DialogueEstimate estimate_;
  RunReport report_;
  DialogueTally tally_;
};

TEST_F(DialogueRuns, RemindsTwiceWithinTheSameChatAndThenGivesUp) {
  EXPECT_THAT(run({"a!!"}), ElementsAre("read 2"));
  EXPECT_THAT(asked_, ElementsAre(1, 3, 5));
  EXPECT_THAT(run({"b!!!"}), ElementsAre("unreadable 2"));
  EXPECT_THAT(asked_, SizeIs(6));
}

TEST_F(DialogueRuns, AsksNothingOfAnItemWithoutAQuestion) {
  EXPECT_THAT(run({"", "a"}), ElementsAre("open", "read 0"));
  EXPECT_EQ(estimate_.items, 1U);
  EXPECT_THAT(asked_, SizeIs(1));
}

TEST_F(DialogueRuns, GoesOnWhereABudgetStoppedItAndPaysForNothingTwice) {
  const std::vector<std::string> texts = {"a!", "b!", "c!", "d", "a!"};
  budget_ = 14;  // Of 4 a reply: three.
  run(texts);
  EXPECT_EQ(report_.stopped, StopReason::kBudget);
  const std::size_t first = asked_.size();
  EXPECT_LT(first, 7U);
  budget_.reset();
  EXPECT_THAT(run(texts), ElementsAre("read 1", "read 1", "read 1", "read 0", "read 1"));
  EXPECT_THAT(asked_, SizeIs(7)) << "each of the four texts once, and three reminders";
  EXPECT_EQ(ledger_.size(), 7U);
  run(texts);
  EXPECT_THAT(asked_, SizeIs(7));
  EXPECT_EQ(tally_.reused, 5U);
  EXPECT_EQ(estimate_.reused, 5U);
  EXPECT_EQ(estimate_.calls, 0U);
}

TEST_F(DialogueRuns, TellsOfItemsWhoseCallFailed) {
  EXPECT_THAT(run({"broken", "a"}), ElementsAre("failed", "read 0"));
  EXPECT_THAT(tally_.failures, SizeIs(1));
}

}  // namespace
}  // namespace wend::llm
