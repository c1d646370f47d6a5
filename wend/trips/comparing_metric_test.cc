// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/comparing_metric.h"

#include <gtest/gtest.h>

#include "wend/label/match_answer.h"

namespace wend::trips {
namespace {

core::QueryRecord query(const std::string& reference, const std::string& prompt = "Why?") {
  core::QueryRecord made;
  made.prompt = prompt;
  made.reference = reference;
  made.metric = "judge";
  return made;
}

TEST(ComparingMetric, IsNumericOfABareNumberAlone) {
  for (const char* reference : {"42", "-7", "3.5", "1,250", " 40 % ", "$3.20", "-$5", "12."}) {
    EXPECT_EQ(comparing_metric(query(reference)), "numeric") << reference;
  }
  for (const char* reference : {"42 apples", "4 or 5", "3.5.1", "x", "-", "", "12-14", "1/2 cup"}) {
    EXPECT_EQ(comparing_metric(query(reference)), "") << reference;
  }
}

TEST(ComparingMetric, IsMultipleChoiceOfALetterAmongTheOptions) {
  const std::string within = "Which is a metal? (A) salt (B) iron (C) sand";
  const std::string lines = "Which is a metal?\n(A) salt\n(B) iron\n(C) sand";
  for (const std::string& prompt : {within, lines}) {
    for (const char* reference : {"B", "(B)", "B."}) {
      core::QueryRecord one = query(reference, prompt);
      one.metric = comparing_metric(one);
      EXPECT_EQ(one.metric, "multiple_choice") << reference;
      EXPECT_EQ(label::match_answer(one, "Answer: B"), 1) << reference;
      EXPECT_EQ(label::match_answer(one, "Answer: C"), 0) << reference;
    }
    EXPECT_EQ(comparing_metric(query("D", prompt)), "");
    EXPECT_EQ(comparing_metric(query("B because it conducts", prompt)), "");
  }
  EXPECT_EQ(comparing_metric(query("A", "Which blood group is it?")), "");
}

TEST(ComparingMetric, IsTheQuerysOwnWhereItHasOne) {
  core::QueryRecord own = query("Paris");
  own.metric = "exact";
  EXPECT_EQ(comparing_metric(own), "exact");
  own.metric = "numeric";
  EXPECT_EQ(comparing_metric(own), "");
}

}  // namespace
}  // namespace wend::trips
