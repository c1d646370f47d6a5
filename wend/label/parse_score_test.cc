// SPDX-License-Identifier: Apache-2.0
#include "wend/label/parse_score.h"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace wend::label {
namespace {

TEST(ParseScore, ReadsEveryFormThatIsCertain) {
  const std::vector<std::pair<std::string, double>> replies = {
      {"0.875", 0.875},
      {".5", 0.5},
      {"7/10", 0.7},
      {"85%", 0.85},
      {"Score: 0.5 because half of the steps are there.", 0.5},
      {"1", 1},
      {"0", 0},
      {"1.0", 1},
      {"0.0", 0},
      {" \n 0.25\n", 0.25},
      {"1/10", 0.1},
      {"10/10", 1},
      {"8.5 / 10", 0.85},
      {"60/100", 0.6},
      {"0.8/1.0", 0.8},
      {"7 out of 10", 0.7},
      {"7 Out Of 10.", 0.7},
      {"85 %", 0.85},
      {"0.333333333333", 0.333333333333},
      {"**0.9**", 0.9},
      {"**7** / 10", 0.7},
      {"`0.9`", 0.9},
      {"\\boxed{0.4}", 0.4},
      {"{\"score\": 0.6}", 0.6},
      {"0.8 (80%)", 0.8},
      {"8/10, so 0.8", 0.8},
      {"0,75", 0.75},
      {"Score:0.5.", 0.5},
      {"I give it 1.", 1},
      {"...1", 1},
      {"得分0.8分", 0.8},
      {"Score - 0.8", 0.8},
      {"GPT-4 would say 0.8; the 2nd step is wrong", 0.8},
      {"<think>Perhaps 0.3, or 0.9.</think>0.5", 0.5},
      {"0.0000000000000000000000000000000000000001", 1e-40},
  };
  for (const auto& [reply, score] : replies) {
    const std::optional<double> read = parse_score(reply);
    ASSERT_TRUE(read) << reply;
    EXPECT_NEAR(*read, score, 1e-12) << reply;
  }
}

TEST(ParseScore, TakesNothingThatIsNotCertain) {
  const std::vector<std::string> replies = {
      "",
      "good",
      "zero",
      "8",
      "10",
      "1.2",
      "-0.5",
      "\u22120.5",
      "\u20130.5",
      "Score:-1",
      "11/10",
      "4/5",
      "150%",
      "0.5 or 0.6",
      "0.7 of the 10 steps",
      "1/2",
      "0-1",
      "0\u20131",
      "between 0 and 1",
      "1. correct 2. wrong",
      "1e-1",
      "5E-1",
      "0x1",
      "O.5",
      "1.2.3",
      "0.1.0",
      "1/10/2024",
      "12:30",
      "1,000",
      "0.5 because step 2 is wrong",
      "{\"score\": 0.6, \"of\": 1}",
      "<think>0.5",
      "<think>0.5</think>",
      "99999999999999999999",
      std::string(5000, '9'),
      "GPT-4",
      "nan",
      "inf",
  };
  for (const std::string& reply : replies) {
    const std::optional<double> read = parse_score(reply);
    EXPECT_FALSE(read) << reply << " -> " << *read;
  }
}

}  // namespace
}  // namespace wend::label
