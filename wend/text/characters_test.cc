// SPDX-License-Identifier: Apache-2.0
#include "wend/text/characters.h"

#include <gtest/gtest.h>

namespace wend::text {
namespace {

TEST(Characters, WordsAreLettersDigitsAndTheUnderscore) {
  for (const char32_t c : U"aZ0_éß語٣²Ⅷ") {
    if (c != 0) {
      EXPECT_TRUE(is_word_character(c)) << static_cast<std::uint32_t>(c);
    }
  }
  for (const char32_t c : U" .-−–×°$€≈→😀") {
    EXPECT_FALSE(is_word_character(c)) << static_cast<std::uint32_t>(c);
  }
}

TEST(Characters, CaseFoldsBeyondAscii) {
  EXPECT_EQ(case_folded("STRASSE"), case_folded("Straße"));
  EXPECT_EQ(case_folded("ÉCOLE"), "école");
  EXPECT_EQ(case_folded("ΣΟΦΟΣ"), case_folded("σοφος"));
  EXPECT_EQ(case_folded(""), "");
  EXPECT_EQ(case_folded("A\xFFZ"), "a\xEF\xBF\xBDz");
}

TEST(Characters, LowersAsPythonDoes) {
  EXPECT_EQ(lower_case("ÉCOLE Straße İ \u212A 10"), "école straße i\u0307 k 10");
  EXPECT_EQ(lower_case("ΣΟΦΟΣ, ΟΔΟΣ’ Σ ΑΣ.Β Α\u0301Σ"), "σοφος, οδος’ σ ασ.β α\u0301ς");
  EXPECT_EQ(lower_case("A\xFFZ"), "a\xEF\xBF\xBDz");
}

}  // namespace
}  // namespace wend::text
