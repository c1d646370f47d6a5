// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/parse_description.h"

#include <gtest/gtest.h>

namespace wend::discover {
namespace {

/// The description; "" where none is read.
std::string read(std::string_view reply, std::string_view prompt = "What is 2 + 2?") {
  return parse_description(reply, prompt).value_or("");
}

TEST(ParseDescription, TakesOneSentence) {
  EXPECT_EQ(read("Solve an arithmetic word problem."), "Solve an arithmetic word problem.");
  EXPECT_EQ(read("  solve an arithmetic\tword problem\n"), "Solve an arithmetic word problem.");
  EXPECT_EQ(read("<think>Hm. Sums?</think>\n\nSolve an arithmetic word problem."),
            "Solve an arithmetic word problem.");
}

TEST(ParseDescription, TakesMarksAndLabelsOff) {
  EXPECT_EQ(read("**Task:** \"Solve a word problem.\""), "Solve a word problem.");
  EXPECT_EQ(read("- \u201cSolve a word problem\u201d"), "Solve a word problem.");
  EXPECT_EQ(read("### Description: Solve a word problem"), "Solve a word problem.");
  EXPECT_EQ(read("\"Task: solve a word problem.\""), "Solve a word problem.");
}

TEST(ParseDescription, LeavesOutWhatAllSentencesHaveInCommon) {
  EXPECT_EQ(read("This is a physics task that asks to compare waves."),
            "Physics task that asks to compare waves.");
  EXPECT_EQ(read("This is a task that asks to compare two waves."), "Compare two waves.");
  EXPECT_EQ(read("The request asks to compare two waves."), "Compare two waves.");
  EXPECT_EQ(read("This task requires you to compare two waves."), "Compare two waves.");
  EXPECT_EQ(read("Asks to compare two waves."), "Compare two waves.");
  EXPECT_EQ(read("The request asks for a poem about waves."),
            "The request asks for a poem about waves.");
}

TEST(ParseDescription, TakesTheFirstSentenceAlone) {
  EXPECT_EQ(read("Compare two waves. The answer is (B)."), "");
  EXPECT_EQ(read("Compare two waves. They differ in length."), "Compare two waves.");
  EXPECT_EQ(read("Compare two waves!\nIt is B."), "Compare two waves.");
  EXPECT_EQ(read("Solve a task of U.S. history, e.g. a date. It is hard."),
            "Solve a task of U.S. history, e.g. a date.");
  EXPECT_EQ(read("Find which of 3.5 and 4.2 is larger."), "Find which of 3.5 and 4.2 is larger.");
}

TEST(ParseDescription, RefusesAnswers) {
  for (const char* const answer : {"The answer is 4 since two and two are four.",
                                   "The correct option is the second one.",
                                   "Answer: it is equal to four",
                                   "A. Sound is no electromagnetic wave",
                                   "(B) Nitrogen makes up most of the air",
                                   "c) it depends on the waves",
                                   "B",
                                   "I'm sorry, but that is nothing I do.",
                                   "I cannot help you with that.",
                                   "```python\ndef f(x): return x\n```",
                                   "def f(x): return x + 1 for x",
                                   "So that \\boxed{4} is it here."}) {
    EXPECT_EQ(read(answer), "") << answer;
  }
}

TEST(ParseDescription, RefusesWhatIsNoSentence) {
  EXPECT_EQ(read(""), "");
  EXPECT_EQ(read(" \n\"\"\n"), "");
  EXPECT_EQ(read("Math problem"), "");
  EXPECT_EQ(read("Which of them is a wave?"), "");
  EXPECT_EQ(read("<think>it never ends"), "");
  std::string long_one = "Compare";
  for (int i = 0; i < 40; ++i) {
    long_one += " waves";
  }
  EXPECT_EQ(read(long_one), "");
  EXPECT_EQ(read("Compare the " + std::string(500, 'x')), "");
}

TEST(ParseDescription, RefusesTheQuestionSaidBack) {
  EXPECT_EQ(read("This is a medical task that asks to ..."), "");
  EXPECT_EQ(read("This is a ... task that asks to ..."), "");
  EXPECT_EQ(read("This is a ... task that asks to ... the formation of rocks."), "");
  EXPECT_EQ(read("This is a ... task that asks to explain old rocks."), "Explain old rocks.");
  EXPECT_EQ(read("The request asks to ..."), "");
  EXPECT_EQ(read("This is a physics task that asks to."), "");
  const std::string prompt = "His  Majesty the Emperor agrees, that British subjects shall reside.";
  EXPECT_EQ(read("His Majesty the emperor agrees, that British subjects shall reside", prompt), "");
  EXPECT_EQ(read("Write a poem.", "Write a poem about ships."), "Write a poem.");
}

TEST(ParseDescription, ReadsOtherScripts) {
  EXPECT_EQ(read("翻译一个句子"), "翻译一个句子.");
  EXPECT_EQ(read("Решить задачу по физике"), "Решить задачу по физике.");
  EXPECT_EQ(read("Solve \xFF it now"), "Solve \xEF\xBF\xBD it now.");
}

}  // namespace
}  // namespace wend::discover
