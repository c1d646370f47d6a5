// SPDX-License-Identifier: Apache-2.0
#include "wend/label/model_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/core/memory_call_ledger.h"
#include "wend/text/utf8.h"

namespace wend::label {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class ModelChoices : public ::testing::Test {
 protected:
  ModelChoices() {
    chooser_.partner.model.id = "asked";
    chooser_.partner.model.prices = {1e6, {}, 2e6};
    chooser_.partner.again = "again";
    chooser_.prompt = "{{query}}|{{models}}|{{objective}}";
    inputs_ = {
        {"q"}, {"What is {{models}}?"}, {"small", "large"}, {"- small\n- large"}, {{0, 0, 0}}};
  }

  /// Answers the open calls one after another, each of 7 tokens in and 5 out.
  ModelChoice answered(const std::vector<std::string>& replies, bool counted = true) {
    core::MemoryCallLedger ledger;
    ModelChoiceItems items(ledger, chooser_, inputs_);
    for (const std::string& reply : replies) {
      const std::optional<llm::ItemCall> call = *items.look(0);
      EXPECT_EQ(call->step.state, llm::DialogueState::kOpen) << "before " << reply;
      first_question_ = call->step.call.chat.messages.front().content;
      llm::LedgerRow row = call->step.call.row;
      row.reply.text = reply;
      if (counted) {
        row.reply.usage = {7, 5, {}};
      }
      ledger.put(row.key, llm::to_json_line(row), [](const base::Status&) {});
    }
    const bool is_open = (*items.look(0))->step.state == llm::DialogueState::kOpen;
    EXPECT_TRUE(is_open ? items.give_up(0, {}) : items.finish(0));
    return items.choices()[0];
  }

  ModelChooser chooser_;
  ModelChoiceInputs inputs_;
  std::string first_question_;
};

TEST_F(ModelChoices, TakesTheNameAndWhatItCost) {
  const ModelChoice choice = answered({"`large`"});
  EXPECT_EQ(choice.end, ModelChoiceEnd::kNamed);
  EXPECT_EQ(choice.model, 1);
  EXPECT_EQ(choice.again, 0);
  EXPECT_DOUBLE_EQ(*choice.cost, 17);
}

TEST_F(ModelChoices, ShowsQueryListAndObjectiveAndLooksIntoNone) {
  answered({"large"});
  EXPECT_EQ(first_question_,
            "What is {{models}}?|- small\n- large|A low cost counts most, a good answer second. "
            "Quality, from 0 to 1, has the weight 0.2, cost the weight 0.8.");
}

TEST_F(ModelChoices, AsksAgainTwiceAndPaysForAll) {
  const ModelChoice late = answered({"both", "hm", "small"});
  EXPECT_EQ(late.end, ModelChoiceEnd::kNamed);
  EXPECT_EQ(late.model, 0);
  EXPECT_EQ(late.again, 2);
  EXPECT_DOUBLE_EQ(*late.cost, 3 * 17);
  const ModelChoice never = answered({"both", "hm", "neither"});
  EXPECT_EQ(never.end, ModelChoiceEnd::kUnreadable);
  EXPECT_DOUBLE_EQ(*never.cost, 3 * 17);
}

TEST_F(ModelChoices, CountsWhatWasSaidBeforeACallFailed) {
  const ModelChoice choice = answered({"both"});
  EXPECT_EQ(choice.end, ModelChoiceEnd::kUnanswered);
  EXPECT_DOUBLE_EQ(*choice.cost, 17);
  EXPECT_DOUBLE_EQ(*answered({}).cost, 0);
}

TEST_F(ModelChoices, TakesTokensRoughlyWhereTheyAreNotCounted) {
  EXPECT_GT(*answered({"large"}, false).cost, 17);
  chooser_.partner.model.prices = {};
  EXPECT_EQ(answered({"large"}).cost, std::nullopt);
}

TEST(ShownQuery, KeepsBothEndsOfALongText) {
  EXPECT_EQ(shown_query("short"), "short");
  const std::string whole(6000, 'x');
  EXPECT_EQ(shown_query(whole), whole);
  std::string text = "begin" + std::string(3994, 'a');
  for (int i = 0; i < 1000; ++i) {
    text += "é";
  }
  text += std::string(1999, 'b') + "end";
  const std::string shown = shown_query(text);
  EXPECT_LT(shown.size(), 6100);
  EXPECT_THAT(shown, StartsWith("begin"));
  EXPECT_THAT(shown, EndsWith("end"));
  EXPECT_THAT(shown, HasSubstr("bytes left out"));
  EXPECT_EQ(text::with_replacement(shown), shown) << "no character is cut in two";
  EXPECT_EQ(shown_query("a\xFF"), "a\xEF\xBF\xBD");
}

}  // namespace
}  // namespace wend::label
