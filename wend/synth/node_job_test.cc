// SPDX-License-Identifier: Apache-2.0
#include "wend/synth/node_job.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wend::synth {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string reply_with(std::size_t nodes, const std::string& name = "Name") {
  std::string text = "<node begin>\n";
  for (std::size_t i = 0; i < nodes; ++i) {
    text += "Domain: " + name + " " + std::to_string(i) + "\nDefinition: d\nExample: e\n";
  }
  return text + "</node end>";
}

class NodeJobTest : public ::testing::Test {
 protected:
  NodeJob job() { return {voice_, further_domains(voice_, {{{"Law", "d", "e"}}}, 4)}; }

  Voice voice_;
};

TEST_F(NodeJobTest, TakesASetThatKeepsToTheRules) {
  NodeJob one = job();
  EXPECT_THAT(one.ask().messages, SizeIs(2));
  EXPECT_THAT(one.ask().messages[1].content, HasSubstr("- Law: d"));
  ASSERT_TRUE(one.take(reply_with(4)));
  EXPECT_TRUE(one.done());
  EXPECT_THAT(one.nodes(), SizeIs(4));
  EXPECT_EQ(one.malformed(), 0U);
}

TEST_F(NodeJobTest, AsksTwiceAgainWhereThereAreTooManyAndThenKeepsTheFirst) {
  // The authors' run had 103 subcategories where 100 were the most.
  NodeJob one = job();
  ASSERT_TRUE(one.take(reply_with(6)));
  EXPECT_THAT(one.ask().messages.back().content, HasSubstr("6 domains, and there may be 4"));
  ASSERT_TRUE(one.take(reply_with(5)));
  ASSERT_FALSE(one.done());
  ASSERT_TRUE(one.take(reply_with(7)));
  ASSERT_TRUE(one.done());
  EXPECT_THAT(one.nodes(), SizeIs(4));
  EXPECT_EQ(one.nodes().back().name, "Name 3");
  EXPECT_EQ(one.malformed(), 3U);
}

TEST_F(NodeJobTest, EndsWithoutASetWhereNoReplyCanBeUsed) {
  NodeJob one = job();
  for (int i = 0; i < 3; ++i) {
    ASSERT_FALSE(one.done());
    ASSERT_TRUE(one.take("<node begin>\n</node end>"));
  }
  EXPECT_TRUE(one.done());
  EXPECT_THAT(one.nodes(), IsEmpty());
  EXPECT_THAT(one.failure(), HasSubstr("nothing between the markers"));
}

TEST_F(NodeJobTest, RepeatsNothingThatIsThere) {
  NodeJob one = job();
  const std::string law = "<node begin>\nDomain: LAW\nDefinition: d\nExample: e\n</node end>";
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(one.take(law));
  }
  EXPECT_THAT(one.nodes(), IsEmpty());
  EXPECT_THAT(one.failure(), HasSubstr("on the map already"));
}

}  // namespace
}  // namespace wend::synth
