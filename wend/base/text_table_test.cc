// SPDX-License-Identifier: Apache-2.0
#include "wend/base/text_table.h"

#include <gtest/gtest.h>

namespace wend::base {
namespace {

TEST(TextTable, AlignsColumnsUnderHeadingsAndGroups) {
  TextTable table(
      {{"name", Align::kLeft}, {"a", Align::kRight, 0, "pair"}, {"b", Align::kRight, 0, "pair"}});
  table.add_row({"x", "1.00", "22.0"});
  table.add_row({"longer", "3", "4"});
  EXPECT_EQ(table.render(),
            "           pair\n"
            "name       a     b\n"
            "------  ----  ----\n"
            "x       1.00  22.0\n"
            "longer     3     4\n");
}

TEST(TextTable, GoesOnInTheNextLineWhereACellIsTooLong) {
  TextTable table({{"name", Align::kLeft, 10}, {"n"}});
  table.add_row({"trouter{scorer=bilinear}", "1"});
  table.add_row({"ab{c=1,d=2,e=3}", "2"});
  EXPECT_EQ(table.render(),
            "name        n\n"
            "----------  -\n"
            "trouter{sc  1\n"
            "orer=bilin\n"
            "ear}\n"
            "ab{c=1,     2\n"
            "d=2,e=3}\n");
}

TEST(TextTable, CountsCodePointsNotBytes) {
  TextTable table({{"é±", Align::kLeft}, {"n"}});
  table.add_row({"ab", "1"});
  EXPECT_EQ(table.render(), "é±  n\n--  -\nab  1\n");
}

TEST(TextTable, ShowsControlCharactersAsQuestionMarks) {
  TextTable table({{"name", Align::kLeft}});
  table.add_row({"a\x1b[2J\nb"});
  EXPECT_EQ(table.render(), "name\n-------\na?[2J?b\n");
}

TEST(WrapText, BreaksAfterSpacesAndNeverInsideACodePoint) {
  EXPECT_EQ(wrap_text("one two three", 8), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(wrap_text("ééé", 2), (std::vector<std::string>{"éé", "é"}));
  EXPECT_TRUE(wrap_text("", 5).empty());
}

}  // namespace
}  // namespace wend::base
