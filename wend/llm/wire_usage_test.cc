// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/wire_usage.h"

#include <string>

#include <gtest/gtest.h>

#include "wend/base/random.h"

namespace wend::llm {
namespace {

TEST(WireUsage, ReadsAWholeAnswer) {
  const ReplyFacts facts = reply_facts(
      R"({"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}],)"
      R"("usage":{"prompt_tokens":2006,"completion_tokens":300,"total_tokens":2306,)"
      R"("prompt_tokens_details":{"cached_tokens":1792},"completion_tokens_details":{"reasoning_tokens":0}}})");
  EXPECT_EQ(facts.usage, (Usage{2006, 300, 1792}));
  EXPECT_EQ(facts.finish_reason, "stop");
  EXPECT_FALSE(facts.is_error);
  EXPECT_FALSE(facts.is_usage_chunk);
}

TEST(WireUsage, ReadsTheEventsOfAStream) {
  const ReplyFacts delta = reply_facts(
      R"({"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}],"usage":null})");
  EXPECT_TRUE(delta.usage.empty());
  EXPECT_EQ(delta.finish_reason, "");
  EXPECT_EQ(reply_facts(R"({"choices":[{"delta":{},"finish_reason":"length"}]})").finish_reason,
            "length");
  const ReplyFacts last =
      reply_facts(R"({"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":0}})");
  EXPECT_EQ(last.usage, (Usage{5, 0, std::nullopt}));
  EXPECT_TRUE(last.is_usage_chunk);
  // Some upstreams send the usage with the last choice: that event is the client's.
  EXPECT_FALSE(reply_facts(R"({"choices":[{"finish_reason":"stop"}],"usage":{"prompt_tokens":5}})")
                   .is_usage_chunk);
  // An empty first event, as Azure sends it, is not the usage.
  EXPECT_FALSE(reply_facts(R"({"choices":[],"prompt_filter_results":[]})").is_usage_chunk);
}

TEST(WireUsage, TakesNothingForWhatIsNotSaid) {
  for (const char* json : {"",
                           "[DONE]",
                           "{",
                           "null",
                           "7",
                           "[]",
                           "\"usage\"",
                           "<html>",
                           "\xFF\xFE",
                           R"({"usage":3})",
                           R"({"usage":[]})",
                           R"({"usage":{}})",
                           R"({"usage":{"prompt_tokens":null}})",
                           R"({"usage":{"prompt_tokens":"5"}})",
                           R"({"usage":{"prompt_tokens":-1}})",
                           R"({"usage":{"prompt_tokens":1.5}})",
                           R"({"usage":{"prompt_tokens":18446744073709551615}})",
                           R"({"usage":{"prompt_tokens_details":null}})",
                           R"({"choices":{},"x":{"usage":{"prompt_tokens":1}}})",
                           R"({"usage":{"prompt_tokens":5}} trailing)"}) {
    EXPECT_TRUE(parse_usage(json).empty()) << json;
    EXPECT_EQ(reply_facts(json).finish_reason, "") << json;
    EXPECT_FALSE(reply_facts(json).is_error) << json;
  }
}

TEST(WireUsage, KnowsAnError) {
  const ReplyFacts facts = reply_facts(
      R"({"error":{"message":"overloaded","type":"server_error","param":null,"code":null}})");
  EXPECT_TRUE(facts.is_error);
  EXPECT_EQ(facts.error_message, "overloaded");
  EXPECT_TRUE(reply_facts(R"({"error":"bad"})").is_error);
  EXPECT_EQ(reply_facts(R"({"error":"bad"})").error_message, "bad");
  EXPECT_FALSE(reply_facts(R"({"error":null,"choices":[]})").is_error);
}

TEST(WireUsage, TakesAnyBytes) {
  const std::string whole =
      R"({"choices":[{"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"prompt_tokens_details":{"cached_tokens":1}}})";
  for (std::size_t end = 0; end < whole.size(); ++end) {
    EXPECT_TRUE(parse_usage(whole.substr(0, end)).empty());
  }
  base::Random random(7);
  for (int round = 0; round < 20'000; ++round) {
    std::string turned = whole;
    for (int i = 0; i < 3; ++i) {
      turned[random.below(turned.size())] = static_cast<char>(random.below(256));
    }
    reply_facts(turned);
  }
  const std::string deep(200'000, '[');
  EXPECT_TRUE(parse_usage(deep).empty());
  EXPECT_TRUE(parse_usage("{\"usage\":" + deep).empty());
}

}  // namespace
}  // namespace wend::llm
