// SPDX-License-Identifier: Apache-2.0
#include "wend/label/match_answer.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace wend::label {
namespace {

core::QueryRecord query(const std::string& metric,
                        const std::string& reference,
                        const std::string& prompt = "?") {
  core::QueryRecord record;
  record.prompt = prompt;
  record.reference = reference;
  record.metric = metric;
  return record;
}

/// A reference, replies that are right and replies that are wrong.
struct Case {
  std::string reference;
  std::vector<std::string> right;
  std::vector<std::string> wrong;
};

void check(const std::string& metric,
           const std::vector<Case>& cases,
           const std::string& prompt = "?") {
  for (const Case& c : cases) {
    const core::QueryRecord asked = query(metric, c.reference, prompt);
    ASSERT_TRUE(check_scorable(asked)) << check_scorable(asked).error().message;
    for (const std::string& reply : c.right) {
      EXPECT_EQ(match_answer(asked, reply), 1) << c.reference << " <- " << reply;
    }
    for (const std::string& reply : c.wrong) {
      EXPECT_EQ(match_answer(asked, reply), 0) << c.reference << " <- " << reply;
    }
  }
}

TEST(NumericMatch, ReadsTheFormsOfOneNumber) {
  check("numeric",
        {{"12",
          {"12",
           "7 + 5 = 12.",
           "Answer: 12.00 dollars",
           "**Answer:** $12$",
           "Answer: \\boxed{12}",
           "Answer: 12 cm^2",
           "Answer: 12 m/s^2",
           "Answer: 5\nNo.\nAnswer: 12",
           "7 + 5 = 12 Answer:",
           "**Answer**: **12**",
           "The final answer is $\\boxed{12}$.",
           "## Final Answer\n\n12",
           "<think>It may be 13.</think>It is 12",
           "Answer: +12",
           "Answer: _12_",
           "Answer\xEF\xBC\x9A\xEF\xBC\x91\xEF\xBC\x92"},
          {"",
           " ",
           "Answer:",
           "Answer: twelve",
           "Answer: 120",
           "12\nAnswer: 13",
           "Answer: -12",
           "I cannot help with that.",
           "x12",
           "<think>12",
           "Answer: cm^12"}},
         {"-4",
          {"Answer: -4",
           "Answer: \xE2\x88\x92"
           "4",
           "Answer: \xE2\x80\x93"
           "4 \xC2\xB0"
           "C",
           "x = -4",
           "Answer: $-4$",
           "Answer: \\boxed{-4}",
           "Answer: -4.0"},
          {"Answer: 4", "Answer: 8-4", "Answer: (8)-4"}},
         {"4",
          {"Answer: 8-4",
           "the range 2\xE2\x80\x93"
           "4"},
          {"Answer: -4"}},
         {"-5",
          {"Answer: -$5",
           "Answer: $-5",
           "Answer: -\xE2\x82\xAC"
           "5.00"},
          {"Answer: $5"}},
         {"0", {"Answer: -0", "Answer: 0.00"}, {"Answer: none"}}});
}

TEST(NumericMatch, ReadsThousandsAndDecimalSeparators) {
  check("numeric",
        {{"3464.5",
          {"Answer: 3,464.50",
           "Answer: 3464,5",
           "Answer: 3.464,50",
           "Answer: 3'464.5",
           "Answer: 3 464.5 is not it, 3464.5",
           "Answer: 3\xE2\x80\xAF"
           "464.5",
           "Answer: 3\xC2\xA0"
           "464,5",
           "Answer: 3{,}464.5",
           "Answer: 3\\,464.5"},
          {"Answer: 3464", "Answer: 3,464,5"}},
         {"3464", {"3,464", "3_464", "3464."}, {"3.464", "34,64"}},
         {"1234567", {"1,234,567", "1.234.567", "1 2 1234567"}, {"1,234", "234,567"}},
         {"3.5", {"Answer: 3,5", "Answer: 3,50 Euro"}, {"Answer: 3,500", "the point (3,5)"}},
         {"5", {"the point (3,5)", "1,2,5", "3, 4, 5"}, {"3,5"}},
         {"0.5", {".5", "0,5", "Answer: 0.50"}, {"5"}}});
}

TEST(NumericMatch, ReadsFractionsPercentPowersAndScales) {
  check("numeric",
        {{"0.75",
          {"3/4",
           "\\frac{3}{4}",
           "\\dfrac34",
           "\xC2\xBE",
           "75%",
           "75 percent",
           "75\\%",
           "6/8",
           "Answer: 3 / 4 is 0.75",
           "7.5e-1",
           "7.5 \\times 10^{-1}"},
          {"4/3", "-3/4", "3/4/2024"}},
         {"1/3", {"0.333", "0.3333", "\\frac{1}{3}", "2/6"}, {"0.33", "0.334", "3", "1"}},
         {"1.5", {"1 1/2", "1\\frac{1}{2}", "3/2", "1\xC2\xBD", "150%"}, {"1/2", "11/2"}},
         {"50", {"50%", "50 %", "50 per cent"}, {"0.5"}},
         {"50%", {"50", "0.5", "1/2"}, {"5", "0.05"}},
         {"1500000",
          {"1.5 million",
           "1.5e6",
           "1.5 x 10^6",
           "1.5 \xC3\x97 10\xE2\x81\xB6",
           "1,500,000",
           "15 * 10^5"},
          {"1.5 billion", "1.5"}},
         {"1000", {"10^3", "10**3", "2\xC2\xB9\xE2\x81\xB0 is more than 10\xC2\xB3"}, {"103"}},
         {"1024", {"2^10 = 1024"}, {"2^10", "2**10", "2\xC2\xB9\xE2\x81\xB0", "210"}},
         {"2",
          {"2 pieces"},
          {"\\boxed{2\\sqrt{3}}",
           "\\sqrt{2}",
           "2\\pi",
           "\xE2\x88\x9A"
           "2"}}});
}

TEST(NumericMatch, KnowsWhichOfSeveralNumbersIsMeant) {
  check("numeric",
        {{"42",
          {"Answer: 42 (6 times 7)",
           "Answer: 42, because 6 times 7 is more than 41",
           "Answer: 6 * 7 = 42",
           "Answer: 42\n\nExplanation: 6 and 7.",
           "The answer is not 41 but 42",
           "The answer is 42, not 41.",
           "The answer is 42 rather than 43",
           "It isn't 41. It is 42",
           "Answer: 40\nWait, that is wrong.\nAnswer: 42",
           "Answer: 42 or 42.0"},
          {"Answer: 41 or 42",
           "Answer: 42 or 43",
           "The answer is not 42",
           "Answer: not equal to 42",
           "Answer: 42 = 6 * 7"}},
         {"[1, 2]", {"Answer: 1", "Answer: 2"}, {"Answer: 3"}},
         {"Half of 96 is <<96/2=48>>48.\n#### 48", {"Answer: 48"}, {"Answer: 96"}}});
}

TEST(ExactMatch, SetsCasePunctuationAndAnArticleAside) {
  check("exact",
        {{"Mediterranean Sea",
          {"Answer: The Mediterranean  Sea.",
           "Answer:\n*Mediterranean Sea*\nIt is large.",
           "It is large.\nMediterranean Sea",
           "Mediterranean Sea\n\n**Answer:**",
           "\\boxed{mediterranean sea}",
           "the answer is: \xE2\x80\x9CMediterranean Sea\xE2\x80\x9D"},
          {"",
           "Answer:",
           "Answer: Black Sea",
           "Answer: It is the Mediterranean Sea",
           "Answer: not the Mediterranean Sea"}},
         {"a, b, c", {"Answer: a,b , c", "Answer: A, B, C."}, {"a b c", "a, b"}},
         {"\xC3\x89"
          "cole",
          {"e\xCC\x81"
           "cole"},
          {"ecole"}},
         {"[\"UK\", \"United Kingdom\"]", {"Answer: the UK", "united kingdom"}, {"Britain"}}});
}

TEST(ValueMatch, KeepsCaseAndDropsSpacing) {
  check("exact match of the value",
        {{"[(4, 1), ('A', 2)]",
          {"[(4,1),(\"A\",2)]", "Answer: [(4, 1), ('A', 2)]", "assert f(x) == [(4, 1), ('A', 2)]"},
          {"[(4, 1), ('a', 2)]", "[(4, 1)]"}}});
}

TEST(MathMatch, ComparesFormulasAndNumbers) {
  check("MATH",
        {{"\\frac{1}{2}",
          {"\\boxed{\\frac12}", "\\boxed{0.5}", "$\\boxed{\\dfrac{1}{2}}$", "1/2"},
          {"\\boxed{2}"}},
         {"(1, 2)",
          {"\\boxed{(1,2)}", "\\boxed{\\left(1, 2\\right)}"},
          {"\\boxed{2}", "\\boxed{(2,1)}"}},
         {"2\\sqrt{3}", {"\\boxed{2\\sqrt{3}}"}, {"\\boxed{2}", "\\boxed{3}"}},
         {"28", {"So it is \\boxed{28}", "Answer: x = 28"}, {"\\boxed{29}"}},
         {"Thus \\boxed{x^2+1}.", {"\\boxed{x^{2} + 1}"}, {"\\boxed{x^2}"}}});
}

TEST(MultipleChoice, FindsTheOptionThatIsNamed) {
  const std::string prompt = "Which?\nA. Stack\nB. Queue\nC. A heap";
  check("multiple_choice",
        {{"B",
          {"B",
           "Answer: B.",
           "Answer: (B)",
           "Answer: B. Queue",
           "Answer: B Queue",
           "Answer: queue",
           "Answer: Option B",
           "Answer: **b**",
           "A is wrong.\nAnswer: B - Queue",
           "The answer is (B).",
           "the correct answer is (B) Queue, as shown",
           "The answer is not A but B",
           "\\boxed{\\text{(B)}}",
           "So I choose B",
           "It is (B), not (A).",
           "Therefore the correct option is B.",
           "<think>A? C?</think>\nB",
           "**Answer:** B\n\nbecause"},
          {"",
           "Answer: C",
           "Answer: E",
           "The answer could be B or C",
           "not B",
           "Answer: B or C",
           "I will not choose B",
           "Not (B)",
           "A, B and C"}},
         {"A", {"Answer: A", "A."}, {"Answer: A queue, I think", "I choose A heap"}},
         {"C", {"Answer: A heap", "c"}, {"A"}},
         {"Queue", {"Answer: B"}, {"Answer: A"}}},
        prompt);
}

TEST(MultipleChoice, HasTenOptionsInSeveralForms) {
  check("accuracy",
        {{"J", {"The answer is (J)", "J) ten"}, {"A", "Answer: I", "I am not sure"}},
         {"I", {"Answer: I", "(I)"}, {"I think it is J."}}},
        "Pick:\nA) one\nB) two\nC) three\nD) four\nE) five\nF) six\nG) seven\nH) eight\nI) "
        "nine\nJ) ten");
  check("em_mc",
        {{"B", {"(B)", "2"}, {"1"}}},
        "An example:\nA. x\nB. y\n\nNow:\n(A) 1\n(B) 2\n(C) 3");
}

TEST(SquadF1, CountsSharedWords) {
  EXPECT_EQ(match_answer(query("f1_score", "Sammy Davis, Jr"), "sammy davis jr."), 1);
  EXPECT_DOUBLE_EQ(match_answer(query("token_f1", "the cat sat"), "Answer: a cat"), 2.0 / 3);
  EXPECT_DOUBLE_EQ(match_answer(query("f1", "a b b"), "b b b"), 0.8);
  EXPECT_EQ(match_answer(query("f1", "yes"), ""), 0);
  EXPECT_EQ(match_answer(query("f1", "[\"no\", \"never\"]"), "Never!"), 1);
}

TEST(SquadExact, ComparesTheWordsOfTheAnswer) {
  check("squad_em",
        {{"[\"Denver Broncos\", \"The Broncos\"]",
          {"Answer: broncos", "the Denver Broncos.", "\\boxed{Denver Broncos}"},
          {"", "Denver", "It is the Broncos", "Broncos Denver"}}});
}

TEST(WrittenTexts, AreReadWithoutThoughtsAndALabel) {
  const core::QueryRecord asked = query("bleu", "The answer is that it rains a lot here.");
  for (const char* reply : {"The answer is that it rains a lot here.",
                            "<think>Answer: no</think>\nThe answer is that it rains a lot here.\n",
                            "I translate.\n**Answer:** The answer is that it rains a lot here.",
                            "Answer:\nThe answer is that it rains a lot here.",
                            "Final answer: The answer is that it rains a lot here.\nAnswer:"}) {
    EXPECT_GT(match_answer(asked, reply), 0.99) << reply;
    EXPECT_EQ(match_answer(query("rouge_l", asked.reference), reply), 1) << reply;
  }
  EXPECT_EQ(match_answer(asked, "<think>The answer is that it rains"), 0);
}

TEST(Bleu, TakesSeveralReferencesTogether) {
  const std::string both = R"(["the cat sat on the mat", "a dog lay down on the rug"])";
  const double joint = match_answer(query("bleu", both), "the cat sat on the rug");
  EXPECT_GT(joint,
            match_answer(query("bleu", R"(["the cat sat on the mat"])"), "the cat sat on the rug"));
}

TEST(CheckScorable, SaysWhyNothingCanBeScored) {
  const auto why = [](const core::QueryRecord& asked) {
    const base::Status status = check_scorable(asked);
    return status ? std::string() : status.error().message;
  };
  EXPECT_EQ(why(query("", "12")), "no metric");
  EXPECT_EQ(why(query("pass@1", "12")), "metric 'pass@1' cannot be scored here");
  EXPECT_EQ(why(query("numeric", "")), "no reference");
  EXPECT_EQ(why(query("numeric", "a dozen")), "metric 'numeric': the reference is no number");
  EXPECT_EQ(why(query("accuracy", "Z")), "metric 'accuracy': the reference names no option");
  EXPECT_EQ(why(query("GSM8K", "It is 3.\n#### 1,234")), "");
}

TEST(MatchAnswer, TakesLongAndBrokenReplies) {
  const core::QueryRecord asked = query("numeric", "7");
  std::string many;
  for (int i = 0; i < 200000; ++i) {
    many += "answer ";
  }
  EXPECT_EQ(match_answer(asked, many), 0);
  std::string braces(1 << 20, '{');
  EXPECT_EQ(match_answer(asked, braces.append("\\boxed{")), 0);
  EXPECT_EQ(match_answer(asked, std::string(1 << 20, '9')), 0);
  std::string spaces(1 << 20, ' ');
  EXPECT_EQ(match_answer(asked, spaces.append("7").append(1 << 20, '\n')), 1);
  EXPECT_EQ(match_answer(asked, "Answer: \xFF\xFE 7 \xC3"), 1);
  EXPECT_EQ(match_answer(asked, std::string("7\0", 2)), 1);
}

}  // namespace
}  // namespace wend::label
