// SPDX-License-Identifier: Apache-2.0
#include "wend/text/excerpt.h"

#include <gtest/gtest.h>

namespace wend::text {
namespace {

TEST(Excerpt, IsTheWholeTextUpToTheLimit) {
  EXPECT_EQ(excerpt("", 0, 0), "");
  EXPECT_EQ(excerpt("abcde", 3, 2), "abcde");
}

TEST(Excerpt, KeepsBothEndsAndSaysWhatIsLeftOut) {
  EXPECT_EQ(excerpt("abcdefgh", 3, 2), "abc\n[... 3 bytes left out ...]\ngh");
  EXPECT_EQ(excerpt("abc", 0, 0), "\n[... 3 bytes left out ...]\n");
}

TEST(Excerpt, CutsNoCharacterInTwo) {
  EXPECT_EQ(excerpt("éééé", 3, 3), "é\n[... 4 bytes left out ...]\né");
  EXPECT_EQ(excerpt("😀😀😀", 7, 1), "😀\n[... 8 bytes left out ...]\n");
}

TEST(Excerpt, TakesAnyBytes) {
  EXPECT_EQ(excerpt("a\xFF", 9, 9), "a\xEF\xBF\xBD");
  EXPECT_EQ(excerpt(std::string(10, '\x80'), 3, 3), "\n[... 10 bytes left out ...]\n");
}

}  // namespace
}  // namespace wend::text
