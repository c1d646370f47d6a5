// SPDX-License-Identifier: Apache-2.0
#include "wend/base/check.h"

#include <gtest/gtest.h>

namespace wend::base {
namespace {

TEST(CheckDeathTest, EndsTheProcessWithConditionAndReasonWhenFalse) {
  const int rows = 0;
  EXPECT_DEATH(CHECK(rows > 0, "no rows in '{}'", "train"),
               "check failed: rows > 0: no rows in 'train'");
}

TEST(Check, DoesNotTouchItsReasonWhenTrue) {
  int asked = 0;
  const auto reason = [&] { return ++asked; };
  CHECK(asked == 0, "{}", reason());
  EXPECT_EQ(asked, 0);
}

TEST(Check, IsOneStatementUnderAnIf) {
  bool other = false;
  if (other)
    CHECK(false, "never");
  else
    other = true;
  EXPECT_TRUE(other);
}

}  // namespace
}  // namespace wend::base
