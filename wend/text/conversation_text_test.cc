// SPDX-License-Identifier: Apache-2.0
// What of a chat is routed on. The single-prompt rule and the windows are in routing_text_test.cc.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "wend/base/random.h"
#include "wend/text/harness_noise.h"
#include "wend/text/routing_text.h"

namespace wend::text {
namespace {

using core::Conversation;
using core::Role;

const std::string kLongQuestion =
    "Write a function that merges two sorted linked lists into one, in C++, without allocating.";
const std::string kReminder =
    "<system-reminder>\nYou have 3 todos. Do not mention it.\n</system-reminder>";

std::string routed(std::vector<core::Turn> turns) {
  return routing_text(Conversation{std::move(turns)});
}

TEST(ConversationText, IsTheMessageWhereThereIsOne) {
  for (const std::string text : {"hi",
                                 " leading and trailing \n",
                                 "line\r\n\r\nline\t",
                                 "a < b && c > d",
                                 "<b>bold</b> <context>x</context>",
                                 "Observation: the sky is green",
                                 "[x] Result: y",
                                 "<system-reminder> is never closed",
                                 "\xFF\xC3 bytes"}) {
    EXPECT_EQ(routed({{Role::kUser, text}}), text);
    EXPECT_EQ(routing_text("", text), text);
  }
}

TEST(ConversationText, AgreesWithContextAndPrompt) {
  for (const std::string context : {"", "ctx", "a\n\nb", kReminder.c_str()}) {
    for (const std::string prompt : {"", "  ", "prompt", "x\n"}) {
      const std::string joined = context.empty() ? prompt : context + "\n\n" + prompt;
      EXPECT_EQ(routing_text(context, prompt), routed({{Role::kUser, joined}}));
    }
  }
  EXPECT_EQ(routing_text("some context", "a question"), "some context\n\na question");
}

TEST(ConversationText, LeavesTheSystemPromptOut) {
  EXPECT_EQ(routed({{Role::kSystem, "You are a helpful assistant."}, {Role::kUser, "hi"}}), "hi");
  EXPECT_EQ(routed({{Role::kUser, "hi"}, {Role::kSystem, "Answer in French."}}), "hi");
}

TEST(ConversationText, IsTheLastQuestionWhereItStandsAlone) {
  EXPECT_EQ(routed({{Role::kUser, "Who was Ada Lovelace?"},
                    {Role::kAssistant, "A mathematician."},
                    {Role::kUser, kLongQuestion}}),
            kLongQuestion);
}

TEST(ConversationText, PutsEarlierQuestionsBeforeAShortOne) {
  EXPECT_EQ(routed({{Role::kUser, "An older question."},
                    {Role::kAssistant, "..."},
                    {Role::kUser, kLongQuestion},
                    {Role::kAssistant, "Here it is: ..."},
                    {Role::kUser, "and in Python?"}}),
            kLongQuestion + "\n\nand in Python?");
  EXPECT_EQ(routed({{Role::kUser, "What is a monad?"},
                    {Role::kAssistant, "..."},
                    {Role::kUser, "Shorter."},
                    {Role::kUser, "OK, go on"}}),
            "What is a monad?\n\nShorter.\n\nOK, go on");
}

TEST(ConversationText, LooksNoFurtherBackThanTheShortOneLeans) {
  std::vector<core::Turn> turns(10'000, {Role::kUser, "continue"});
  EXPECT_EQ(routed(turns),
            "continue\n\ncontinue\n\ncontinue\n\ncontinue\n\ncontinue\n\ncontinue\n\n"
            "continue\n\ncontinue");
}

TEST(ConversationText, CountsBytesSoThatEveryScriptFits) {
  const std::string chinese =
      "请写一个函数，把两个有序链表合并成一个新的有序链表";  // 25 letters, 75 bytes.
  EXPECT_EQ(routed({{Role::kUser, "你好"}, {Role::kAssistant, "你好！"}, {Role::kUser, chinese}}),
            chinese);
}

TEST(ConversationText, GoesBackFromToolResultsToTheQuestion) {
  EXPECT_EQ(routed({{Role::kSystem, "You may call tools."},
                    {Role::kUser, kLongQuestion},
                    {Role::kAssistant, ""},
                    {Role::kTool, "{\"files\": [\"a.cc\"]}"},
                    {Role::kAssistant, "Let me look."},
                    {Role::kTool, "int main() {}"}}),
            kLongQuestion);
  EXPECT_EQ(routed({{Role::kUser, kLongQuestion},
                    {Role::kAssistant, "<read_file><path>a.cc</path></read_file>"},
                    {Role::kUser, "[read_file for 'a.cc'] Result:\nint main() {}"},
                    {Role::kAssistant, "Action: run"},
                    {Role::kUser, "Observation: exit status 0"},
                    {Role::kAssistant, ""},
                    {Role::kUser, ""}}),  // A tool_result part: no text.
            kLongQuestion);
}

TEST(ConversationText, TakesHarnessNoiseOutOfUserTurns) {
  EXPECT_EQ(routed({{Role::kUser, kReminder + "\n\n" + kLongQuestion}}), kLongQuestion);
  EXPECT_EQ(routed({{Role::kUser, kLongQuestion + "\n" + kReminder}}), kLongQuestion);
  EXPECT_EQ(
      routed({{Role::kUser, kLongQuestion}, {Role::kAssistant, "..."}, {Role::kUser, kReminder}}),
      kLongQuestion);
  EXPECT_EQ(routed({{Role::kUser, kLongQuestion},
                    {Role::kAssistant, "..."},
                    {Role::kUser, kReminder + "[run for 'ls'] Result:\na.cc" + kReminder}}),
            kLongQuestion);
  EXPECT_EQ(
      routed({{Role::kUser,
               "<environment_details>\n# Open tabs\na.cc\n</environment_details>\nfix the tests, "
               "all of them, without touching the parser <git_status>M a.cc</git_status>"}}),
      "fix the tests, all of them, without touching the parser");
}

TEST(ConversationText, TakesWhatThereIsWhereNobodyAsks) {
  EXPECT_EQ(routed({{Role::kUser, kReminder}}), kReminder);
  EXPECT_EQ(routed({{Role::kSystem, "Write a poem."}, {Role::kUser, ""}}), "Write a poem.");
  EXPECT_EQ(routed({{Role::kSystem, "Write a poem."}}), "Write a poem.");
  EXPECT_EQ(routed({{Role::kAssistant, "Once upon"}}), "Once upon");
  EXPECT_EQ(routed({{Role::kOther, "x"}, {Role::kTool, " "}}), "x");
  EXPECT_EQ(routed({{Role::kUser, " \n"}}), "");
  EXPECT_EQ(routed({}), "");
}

TEST(ConversationText, PassesOverAnAnswerThatIsBegun) {
  EXPECT_EQ(routed({{Role::kUser, kLongQuestion}, {Role::kAssistant, "{\"answer\": "}}),
            kLongQuestion);
}

TEST(ConversationText, PassesOverAPictureWithoutWords) {
  EXPECT_EQ(routed({{Role::kUser, kLongQuestion}, {Role::kAssistant, "?"}, {Role::kUser, ""}}),
            kLongQuestion);
}

TEST(HarnessNoise, TakesClosedBlocksOut) {
  EXPECT_EQ(without_noise("a <system-reminder>x</system-reminder> b"), "a  b");
  EXPECT_EQ(without_noise("a <System_Reminder kind=\"x\">x</SYSTEM-REMINDER> b"), "a  b");
  EXPECT_EQ(without_noise("<tool_result><tool_result>x</tool_result>y</tool_result>z"), "z");
  EXPECT_EQ(without_noise("<tool_result>a<git_status>b</tool_result>c</git_status>d"), "d");
  EXPECT_EQ(without_noise("<tool_result>a<tool_result>b</tool_result>c"), "<tool_result>ac");
  EXPECT_EQ(without_noise("</tool_result>a</tool_result>"), "</tool_result>a</tool_result>");
  EXPECT_EQ(without_noise("</tool_result>a<tool_result>"), "</tool_result>a<tool_result>");
}

TEST(HarnessNoise, LeavesOtherTagsAlone) {
  for (const std::string text : {"<context>x</context>",
                                 "<tool>x</tool>",
                                 "<tool_resultx>a</tool_resultx>",
                                 "<tool_result/>a",
                                 "< tool_result>a</tool_result>",
                                 "<tool_result",
                                 "a <",
                                 "<",
                                 "</",
                                 "<>",
                                 "<tool_result <b>a</tool_result>",
                                 "vector<tool_result> x; y</",
                                 "  untouched  "}) {
    EXPECT_EQ(without_noise(text), text);
  }
  const std::string long_attributes = "<tool_result " + std::string(300, 'a') + ">x</tool_result>";
  EXPECT_EQ(without_noise(long_attributes), long_attributes);
}

TEST(HarnessNoise, TakesHostileTexts) {
  const auto repeated = [](const std::string& text, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i) {
      all += text;
    }
    return all;
  };
  const std::string opens = repeated("<system-reminder>", 200'000);
  EXPECT_EQ(without_noise(opens), opens);
  EXPECT_EQ(without_noise(opens + repeated("</system-reminder>", 200'000)), "");
  const std::string brackets(4'000'000, '<');
  EXPECT_EQ(without_noise(brackets), brackets);
  const std::string unclosed = repeated("<git_status ", 300'000);
  EXPECT_EQ(without_noise(unclosed), unclosed);
}

TEST(HarnessNoise, TakesAnyBytes) {
  static constexpr std::string_view kBits[] = {"<",
                                               ">",
                                               "/",
                                               "tool_result",
                                               "<tool_result>",
                                               "</tool_result>",
                                               "<git-status a>",
                                               "</git-status>",
                                               " ",
                                               "\xC3",
                                               "\xFF",
                                               std::string_view("\0", 1),
                                               "text",
                                               "\n"};
  base::Random random(1);
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (std::uint64_t i = random.below(20); i > 0; --i) {
      text += kBits[random.below(std::size(kBits))];
    }
    const std::string once = without_noise(text);
    EXPECT_LE(once.size(), text.size());
    EXPECT_EQ(routing_text("", text), routed({{Role::kUser, text}}));
  }
}

}  // namespace
}  // namespace wend::text
