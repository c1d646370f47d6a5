// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/describe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/core/memory_call_ledger.h"
#include "wend/discover/ask_names.h"
#include "wend/llm/fake.h"

namespace wend::discover {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

/// A model by script behind a runner of one lane.
class Asked : public ::testing::Test {
 protected:
  using Says = std::function<std::string(const std::vector<llm::ChatMessage>&)>;

  Asked() {
    partner_.model.id = "asked";
    partner_.model.prices = {1e6, {}, 1e6};
    partner_.again = "again";
  }

  llm::RunReport run(llm::DialogueItems& items) {
    llm::DialogueRun dialogues(items, partner_, 1);
    llm::Lane lane;
    lane.connect = [this](boost::asio::io_context&) {
      return std::make_unique<llm::FakeChatClient>(
          [this](const llm::ChatRequest& request) -> llm::CallResult<llm::ChatReply> {
            ++calls_;
            return llm::fake_reply(says_(request.call.messages), 3, 1);
          });
    };
    lane.max_concurrent = 1;
    return llm::run_calls(dialogues, ledger_, {lane}, {budget_, 1});
  }

  core::MemoryCallLedger ledger_;
  llm::Partner partner_;
  std::optional<double> budget_;
  Says says_;
  int calls_ = 0;
};

class Describe : public Asked {
 protected:
  std::vector<Description> described(const std::vector<PromptText>& prompts) {
    const Describer describer = {partner_, "Fixed first.\n{{prompt}}\nEnd."};
    DescribeItems items(ledger_, describer, prompts);
    report_ = run(items);
    return items.descriptions();
  }

  llm::RunReport report_;
};

TEST_F(Describe, KeepsTheSentenceOfEachPromptAndAsksAboutEqualOnesOnce) {
  says_ = [](const auto& messages) {
    return messages.front().content.find("2 + 2") != std::string::npos ? "Add two small numbers."
                                                                       : "Write a short poem";
  };
  const auto found = described({{"a", "2 + 2?"}, {"b", "A poem!"}, {"c", "2 + 2?"}});
  EXPECT_EQ(found[0].text, "Add two small numbers.");
  EXPECT_EQ(found[1].text, "Write a short poem.");
  EXPECT_EQ(found[2].text, "Add two small numbers.");
  EXPECT_EQ(calls_, 2);
}

TEST_F(Describe, PutsThePromptBehindTheFixedWordsAndLooksIntoItForNoPlaces) {
  says_ = [](const auto& messages) {
    EXPECT_EQ(messages.front().content, "Fixed first.\nWhat is {{prompt}}?\nEnd.");
    return "Explain a template's place.";
  };
  EXPECT_EQ(described({{"a", "What is {{prompt}}?"}})[0].end, DescriptionEnd::kDescribed);
}

TEST_F(Describe, HasNoSentenceOfAModelThatAnswersThreeTimes) {
  says_ = [](const auto&) { return "B"; };
  const auto found = described({{"a", "A or B?"}});
  EXPECT_EQ(found[0].end, DescriptionEnd::kUnreadable);
  EXPECT_EQ(found[0].again, 2U);
  EXPECT_THAT(found[0].text, IsEmpty());
  EXPECT_EQ(calls_, 3);
}

TEST_F(Describe, GoesOnWhereABudgetStoppedIt) {
  says_ = [](const auto& messages) {
    return messages.size() == 1 ? "B" : "Choose one of two options.";
  };
  const std::vector<PromptText> prompts = {{"a", "1"}, {"b", "2"}, {"c", "3"}};
  budget_ = 13;  // Three of six replies.
  described(prompts);
  EXPECT_EQ(report_.stopped, llm::StopReason::kBudget);
  EXPECT_LT(calls_, 6);
  budget_.reset();
  for (const Description& description : described(prompts)) {
    EXPECT_EQ(description.text, "Choose one of two options.");
    EXPECT_EQ(description.again, 1U);
  }
  EXPECT_EQ(calls_, 6);
  described(prompts);
  EXPECT_EQ(calls_, 6);
}

TEST(ShownPrompt, KeepsBothEndsOfALongOne) {
  EXPECT_EQ(shown_prompt("short"), "short");
  const std::string shown = shown_prompt("begin" + std::string(100'000, 'x') + "end");
  EXPECT_LT(shown.size(), 900U);
  EXPECT_THAT(shown, StartsWith("begin"));
  EXPECT_THAT(shown, EndsWith("end"));
  EXPECT_THAT(shown, HasSubstr("left out"));
}

class AskNames : public Asked {
 protected:
  std::vector<Naming> named(const std::vector<NamedTask>& tasks) {
    const Namer namer = {partner_, "{{examples}}"};
    NameItems items(ledger_, namer, tasks);
    run(items);
    return items.namings();
  }
};

TEST_F(AskNames, TakesTheModelsTitleAndElseTheOneByWords) {
  says_ = [](const auto& messages) {
    return messages.front().content == "- sue\n- rent"
               ? "Name: Tenancy\nDefinition: Cases about flats that are let."
               : "I like art.";
  };
  const TaskTitle by_words = {"paint, art", "Prompts in which paint and art are typical."};
  const auto found = named({{{"rent", "r"}, {"rent"}, {"sue", "rent"}}, {by_words, {}, {"paint"}}});
  EXPECT_EQ(found[0].end, NamingEnd::kNamed);
  EXPECT_EQ(found[0].title, (TaskTitle{"Tenancy", "Cases about flats that are let."}));
  EXPECT_EQ(found[1].end, NamingEnd::kUnreadable);
  EXPECT_EQ(found[1].title, by_words);
  EXPECT_EQ(calls_, 4);
}

TEST_F(AskNames, AsksNothingAboutATaskWithNothingToShow) {
  says_ = [](const auto&) { return ""; };
  const TaskTitle by_words = {"task 1", "Prompts that have no word of their own."};
  EXPECT_EQ(named({{by_words, {}, {}}})[0].title, by_words);
  EXPECT_EQ(calls_, 0);
}

}  // namespace
}  // namespace wend::discover
