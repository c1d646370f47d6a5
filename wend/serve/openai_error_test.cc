// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/openai_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wend::serve {
namespace {

using testing::HasSubstr;

TEST(OpenAiError, HasTheShapeThatClientsRead) {
  EXPECT_EQ(error_json(invalid_request(400, "'n': expected a number", "n", "invalid_type")),
            R"({"error":{"message":"'n': expected a number","type":"invalid_request_error",)"
            R"("param":"n","code":"invalid_type"}})");
  EXPECT_THAT(error_json({500, "it broke"}), HasSubstr(R"("param":null,"code":null)"));
}

TEST(OpenAiError, KeepsMalformedTextFromBreakingTheJson) {
  EXPECT_THAT(error_json({500, "a\xff\"b\n"}), HasSubstr("a\xEF\xBF\xBD\\\"b\\n"));
}

TEST(OpenAiError, HasARowForEveryKindOfFailure) {
  const auto status = [](base::Code code) { return to_api_error({code, "x", {}}).status; };
  EXPECT_EQ(status(base::Code::kInvalidArgument), 400);
  EXPECT_EQ(status(base::Code::kUnauthenticated), 401);
  EXPECT_EQ(status(base::Code::kNotFound), 404);
  EXPECT_EQ(status(base::Code::kResourceExhausted), 429);
  EXPECT_EQ(status(base::Code::kCancelled), 499);
  EXPECT_EQ(status(base::Code::kInternal), 500);
  EXPECT_EQ(status(base::Code::kDataLoss), 502);
  EXPECT_EQ(status(base::Code::kUnavailable), 503);
  EXPECT_EQ(status(base::Code::kDeadlineExceeded), 504);
}

TEST(OpenAiError, SaysWhenToComeBack) {
  ApiError error{429, "later", "rate_limit_error"};
  EXPECT_EQ(error_response(error).headers.find("retry-after"), nullptr);
  error.retry_after_s = 7;
  const net::HttpResponse response = error_response(error);
  ASSERT_NE(response.headers.find("retry-after"), nullptr);
  EXPECT_EQ(*response.headers.find("retry-after"), "7");
}

TEST(OpenAiError, TellsWhatTheServerRefusedByItsStatus) {
  const auto told = [](int status) {
    const ApiError error = refused_request(status, "no");
    return error.type + " " + error.code;
  };
  EXPECT_EQ(told(400), "invalid_request_error bad_request");
  EXPECT_EQ(told(413), "invalid_request_error request_too_large");
  EXPECT_EQ(told(501), "invalid_request_error bad_request");
  EXPECT_EQ(told(500), "server_error internal");
  EXPECT_EQ(told(503), "server_error overloaded");
  EXPECT_EQ(refused_request(503, "no").retry_after_s, 1);
  EXPECT_EQ(refused_request(400, "no").retry_after_s, std::nullopt);
}

TEST(OpenAiError, IsOneEventOfAStream) {
  const std::string event = error_event({502, "a\nb"});
  EXPECT_TRUE(event.starts_with("data: {"));
  EXPECT_TRUE(event.ends_with("}\n\n"));
  EXPECT_EQ(event.find('\n'), event.size() - 2);
}

}  // namespace
}  // namespace wend::serve
