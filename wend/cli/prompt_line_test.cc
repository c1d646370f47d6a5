// SPDX-License-Identifier: Apache-2.0
#include "wend/cli/prompt_line.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wend::cli {
namespace {

using testing::HasSubstr;

RouteLine route_line(std::string_view text) {
  RouteLine line;
  const auto parsed = parse_route_line(text, line);
  EXPECT_TRUE(parsed) << text << ": " << parsed.error().message;
  return line;
}

std::string refusal(std::string_view text) {
  RouteLine line;
  const auto parsed = parse_route_line(text, line);
  EXPECT_FALSE(parsed) << text;
  return parsed ? "" : line.id_json + ": " + parsed.error().message;
}

TEST(RouteLine, ReadsAPromptAndAChatToTheSameText) {
  const RouteLine prompt = route_line(R"({"id":7,"prompt":"caf\u00e9?","context":"c"})");
  const RouteLine chat = route_line(
      R"({"id":7,"model":"auto","messages":[{"role":"system","content":"s"},)"
      R"({"role":"user","content":"c\n\ncaf\u00e9?"}],"wend":{"preference":1},"stream":true})");
  EXPECT_EQ(prompt.text, "c\n\ncaf\xC3\xA9?");
  EXPECT_EQ(chat.text, prompt.text);
  EXPECT_EQ(chat.id_json, "7");
  EXPECT_EQ(route_line(R"({"messages":[{"role":"user","content":"x"}],"id":"a"})").id_json,
            "\"a\"");
  EXPECT_EQ(route_line(R"({"messages":[{"role":"user","content":"x"}]})").id_json, "null");
}

TEST(RouteLine, MendsBytesOfAPromptAndRefusesThemInAChat) {
  EXPECT_EQ(route_line("{\"prompt\":\"a\xFF\"}").text, "a\xEF\xBF\xBD");
  EXPECT_THAT(refusal("{\"id\":1,\"messages\":[{\"role\":\"user\",\"content\":\"a\xFF\"}]}"),
              testing::AllOf(HasSubstr("1: "), HasSubstr("UTF-8")));
}

TEST(RouteLine, NamesWhatIsWrongAndWhose) {
  EXPECT_THAT(refusal(R"({"id":3,"messages":[]})"),
              HasSubstr("3: 'messages': expected at least one"));
  EXPECT_THAT(refusal(R"({"id":3,"messages":"x"})"), HasSubstr("'messages'"));
  EXPECT_THAT(refusal(R"({"id":3,"messages":[{"role":"user","content":1}]})"),
              HasSubstr("messages[0].content"));
  EXPECT_THAT(refusal(R"({"id":3,"messages":[{"role":"user"}],"prompt":"x"})"),
              HasSubstr("found both"));
  EXPECT_THAT(refusal(R"({"id":3,"promt":"x"})"), HasSubstr("'promt'"));
  EXPECT_THAT(refusal(R"({"id":3,"prompt":null})"), HasSubstr("found null"));
  EXPECT_THAT(refusal("[]"), HasSubstr("\"messages\": [...]"));
  EXPECT_THAT(refusal(R"({"id":[],"prompt":"x"})"), HasSubstr("'id'"));
}

}  // namespace
}  // namespace wend::cli
