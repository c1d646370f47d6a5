// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/wire_render.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/llm/wire_request.h"

namespace wend::llm {
namespace {

using testing::HasSubstr;

TEST(WireRender, WritesACallInOneWay) {
  const ChatCall call{"up/stream",
                      {{"system", "s"}, {"user", "a \"b\"\n\x01 caf\xC3\xA9 / \x7F"}},
                      {.max_tokens = 160,
                       .temperature = 0.0,
                       .seed = 7,
                       .extra_json = R"({ "top_p": 0.5, "stop": ["\n"] })"}};
  EXPECT_EQ(
      render_chat(call),
      "{\"max_tokens\":160,\"messages\":[{\"content\":\"s\",\"role\":\"system\"},"
      "{\"content\":\"a \\\"b\\\"\\n\\u0001 caf\xC3\xA9 / \x7F\",\"role\":\"user\"}],"
      "\"model\":\"up/stream\",\"seed\":7,\"stop\":[\"\\n\"],\"temperature\":0,\"top_p\":0.5}");
  EXPECT_EQ(parameters_json(call.parameters),
            R"({"max_tokens":160,"seed":7,"stop":["\n"],"temperature":0,"top_p":0.5})");
  EXPECT_EQ(parameters_json({}), "{}");
}

TEST(WireRender, WritesNumbersAsTheyAreTyped) {
  const auto temperature = [](double value) {
    return parameters_json({.max_tokens = {}, .temperature = value, .seed = {}});
  };
  EXPECT_EQ(temperature(1), R"({"temperature":1})");
  EXPECT_EQ(temperature(0.7), R"({"temperature":0.7})");
  EXPECT_EQ(temperature(-0.0), R"({"temperature":0})");
  EXPECT_EQ(temperature(0.1 + 0.2), R"({"temperature":0.30000000000000004})");
}

TEST(WireRender, WritesWhatTheRequestReaderReads) {
  const ChatCall call{"m", {{"user", std::string("\0 \xFF \"", 5)}}, {}};
  std::string body = render_chat(call);
  const auto view = parse_chat(body);
  ASSERT_TRUE(view) << view.error().message;
  EXPECT_EQ(view->model, "m");
  EXPECT_EQ(view->conversation.turns.at(0).text, std::string("\0 \xEF\xBF\xBD \"", 7));
}

TEST(WireRender, ChecksExtraParameters) {
  EXPECT_TRUE(check_extra_parameters(R"({"top_p":1,"response_format":{"type":"json_object"}})"));
  EXPECT_TRUE(check_extra_parameters("{}"));
  for (const char* wrong : {"",
                            "[]",
                            "{",
                            R"({"model":"x"})",
                            R"({"messages":[]})",
                            R"({"stream":true})",
                            R"({"temperature":1})",
                            R"({"max_tokens":1})",
                            R"({"seed":1})",
                            R"({"a":1,"a":2})"}) {
    EXPECT_FALSE(check_extra_parameters(wrong)) << wrong;
  }
  EXPECT_THAT(check_extra_parameters(R"({"seed":1})").error().message, HasSubstr("'seed'"));
}

TEST(WireReply, ReadsTheFirstChoice) {
  const auto reply = parse_chat_reply(
      R"({"choices":[{"message":{"role":"assistant","content":"caf\u00e9"},"finish_reason":"length"},)"
      R"({"message":{"content":"other"}}],"usage":{"prompt_tokens":3,"completion_tokens":160}})");
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->text, "caf\xC3\xA9");
  EXPECT_EQ(reply->finish_reason, "length");
  EXPECT_EQ(reply->usage, (Usage{3, 160, std::nullopt}));
}

TEST(WireReply, ReadsAnswersWithoutText) {
  const auto text = [](const std::string& message) {
    const auto reply = parse_chat_reply("{\"choices\":[{\"message\":" + message + "}]}");
    EXPECT_TRUE(reply) << message;
    return reply ? reply->text : "?";
  };
  EXPECT_EQ(text(R"({"content":null,"tool_calls":[]})"), "");
  EXPECT_EQ(text("{}"), "");
  EXPECT_EQ(text(R"({"content":[{"type":"text","text":"a"},{"type":"x"},3,{"text":"b"}]})"), "ab");
  EXPECT_EQ(text(R"({"content":7})"), "");
}

TEST(WireReply, SaysWhatTheUpstreamSaidInstead) {
  const auto message = [](const std::string& body) {
    const auto reply = parse_chat_reply(body);
    EXPECT_FALSE(reply) << body;
    return reply ? "" : reply.error().message;
  };
  EXPECT_THAT(message(R"({"error":{"message":"model is loading"}})"),
              HasSubstr("model is loading"));
  EXPECT_THAT(message("<html><body>502 Bad Gateway"), HasSubstr("<html><body>502"));
  EXPECT_LT(message(std::string(100'000, 'x')).size(), 250U);
  for (const char* body : {"",
                           "null",
                           "[]",
                           "{}",
                           R"({"choices":[]})",
                           R"({"choices":null})",
                           R"({"choices":{}})",
                           R"({"choices":[{}]})",
                           R"({"choices":[{"message":"x"}]})",
                           R"({"choices":[1]})",
                           R"({"choices":{"0":3}})",
                           R"({"choices":[{"message":{"content":"cut)"}) {
    message(body);
  }
}

}  // namespace
}  // namespace wend::llm
