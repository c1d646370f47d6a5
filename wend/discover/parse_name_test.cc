// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/parse_name.h"

#include <gtest/gtest.h>

namespace wend::discover {
namespace {

TEST(ParseName, TakesTwoLines) {
  const TaskTitle title = {"Contract law", "Cases in which a contract is in dispute."};
  EXPECT_EQ(parse_name("Name: Contract law\nDefinition: Cases in which a contract is in dispute."),
            title);
  EXPECT_EQ(parse_name("Sure!\n\n**Name:** \"Contract law\"\n"
                       "**Definition:** Cases in which a contract is in dispute"),
            title);
  EXPECT_EQ(parse_name("name: Contract law.\ndefinition:\nCases in which a contract is in dispute"),
            title);
}

TEST(ParseName, RefusesWhereEitherIsMissingTwiceOrTooLong) {
  EXPECT_EQ(parse_name(""), std::nullopt);
  EXPECT_EQ(parse_name("Contract law"), std::nullopt);
  EXPECT_EQ(parse_name("Name: Contract law"), std::nullopt);
  EXPECT_EQ(parse_name("Definition: Cases about contracts."), std::nullopt);
  EXPECT_EQ(parse_name("Name:\nDefinition: Cases about contracts."), std::nullopt);
  EXPECT_EQ(parse_name("Name: \"\"\nDefinition: Cases about contracts."), std::nullopt);
  EXPECT_EQ(parse_name("Name: Law\nDefinition: Law."), std::nullopt);
  EXPECT_EQ(parse_name("Name: A\nName: B\nDefinition: Cases about contracts."), std::nullopt);
  EXPECT_EQ(parse_name("Name: a b c d e f g h i\nDefinition: Cases about contracts."),
            std::nullopt);
  EXPECT_EQ(parse_name("Name: ...\nDefinition: Cases about contracts."), std::nullopt);
  EXPECT_EQ(parse_name("Name: All requests\nDefinition: They belong to one group."), std::nullopt);
  EXPECT_EQ(parse_name("Name: Law Definition: cases\nDefinition: Cases about contracts."),
            std::nullopt);
}

}  // namespace
}  // namespace wend::discover
