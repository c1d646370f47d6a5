// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/upstream_client.h"

#include <deque>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "wend/net/io_threads.h"

namespace wend::llm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kReply =
    R"({"choices":[{"message":{"role":"assistant","content":"4"},"finish_reason":"stop"}],)"
    R"("usage":{"prompt_tokens":7,"completion_tokens":1}})";

/// An upstream without sockets: gives one answer and keeps the request.
class FakeHttp final : public net::HttpClient {
 public:
  net::ResponseHead head;
  std::deque<base::Result<std::string>> pieces;
  std::optional<base::Error> error;
  std::string target;
  std::string body;
  net::Headers headers;

  base::Task<base::Result<std::unique_ptr<net::ClientResponse>>> send(
      const net::Origin&,
      const net::ClientRequest& request,
      const net::ClientTimeouts&,
      net::CancelSource&) override {
    target = request.target;
    headers = *request.headers;
    body.clear();
    for (const std::string_view piece : request.body) {
      body += piece;
    }
    if (error) {
      co_return tl::unexpected(*error);
    }
    co_return std::make_unique<Response>(*this);
  }

  net::HttpClientCounts counts() const override { return {}; }

 private:
  class Response final : public net::ClientResponse {
   public:
    explicit Response(FakeHttp& http) : http_(http) {}

    const net::ResponseHead& head() const override { return http_.head; }

    base::Task<base::Result<std::string_view>> read_some() override {
      if (http_.pieces.empty()) {
        co_return std::string_view();
      }
      base::Result<std::string> piece = std::move(http_.pieces.front());
      http_.pieces.pop_front();
      if (!piece) {
        co_return tl::unexpected(piece.error());
      }
      current_ = *std::move(piece);
      co_return std::string_view(current_);
    }

   private:
    FakeHttp& http_;
    std::string current_;
  };
};

class UpstreamClientTest : public ::testing::Test {
 protected:
  UpstreamClientTest() {
    upstream_ = *upstream_at("local", "http://127.0.0.1:9/v1");
    upstream_.api_key = "sk-secret";
    call_.model = "m";
    call_.messages = {{"user", "2+2?"}};
    call_.parameters.max_tokens = 9;
    http_.pieces = {std::string(kReply)};
  }

  CallResult<ChatReply> ask() {
    net::IoThreads threads(1);
    threads.start();
    UpstreamClient client(http_, upstream_);
    const ChatRequest request{call_, "key-1"};
    net::CancelSource cancel;
    std::optional<CallResult<ChatReply>> reply;
    net::run_and_wait(threads.context(0),
                      [&]() -> base::Task<void> { reply = co_await client.ask(request, cancel); });
    threads.stop();
    return *std::move(reply);
  }

  /// The failure of an answer with this status and body.
  CallFailure refused(int status, const std::string& body) {
    http_.head.status = status;
    http_.pieces = {body};
    CallResult<ChatReply> reply = ask();
    EXPECT_FALSE(reply) << status;
    return reply.error();
  }

  FakeHttp http_;
  Upstream upstream_;
  ChatCall call_;
};

TEST_F(UpstreamClientTest, AsksInOpenAisWordsAndReadsTheReplyHoweverItIsCut) {
  const std::string reply = kReply;
  http_.pieces = {reply.substr(0, 10), reply.substr(10, 1), reply.substr(11)};
  const auto answer = ask();
  ASSERT_TRUE(answer) << answer.error().error.message;
  EXPECT_EQ(answer->text, "4");
  EXPECT_EQ(answer->usage.prompt_tokens, 7);
  EXPECT_EQ(http_.target, "/v1/chat/completions");
  EXPECT_EQ(*http_.headers.find("idempotency-key"), "key-1");
  EXPECT_EQ(*http_.headers.find("authorization"), "Bearer sk-secret");
  EXPECT_EQ(*http_.headers.find("content-type"), "application/json");
  EXPECT_EQ(nlohmann::json::parse(http_.body),
            nlohmann::json::parse(
                R"({"model":"m","messages":[{"role":"user","content":"2+2?"}],"max_tokens":9})"));
}

TEST_F(UpstreamClientTest, SendsNoKeyWhereItHasNone) {
  upstream_.api_key.clear();
  ASSERT_TRUE(ask());
  EXPECT_EQ(http_.headers.find("authorization"), nullptr);
}

TEST_F(UpstreamClientTest, KnowsWhatIsWorthAnotherTry) {
  for (const int status : {408, 409, 425, 429, 500, 502, 503, 504, 529}) {
    EXPECT_EQ(refused(status, "").advice, Advice::kRetry) << status;
  }
  for (const int status : {301, 400, 413, 422}) {
    EXPECT_EQ(refused(status, "").advice, Advice::kGiveUp) << status;
  }
  for (const int status : {401, 402, 403, 404}) {
    EXPECT_EQ(refused(status, "").advice, Advice::kLeave) << status;
  }
  EXPECT_EQ(refused(429, R"({"error":{"message":"x","code":"insufficient_quota"}})").advice,
            Advice::kLeave);
}

TEST_F(UpstreamClientTest, SaysWhatTheUpstreamSaidButNeverTheKey) {
  const CallFailure failure =
      refused(401, R"({"error":{"message":"wrong key\nsk-secret, sk-secret given"}})");
  EXPECT_EQ(failure.error.message,
            "upstream 'local': 401 Unauthorized: wrong key [key], [key] given");
  const std::string long_text =
      refused(500, R"({"error":")" + std::string(5000, 'x') + "\"}").error.message;
  EXPECT_LT(long_text.size(), 300U);
  EXPECT_THAT(refused(503, "<html>busy</html>").error.message,
              AllOf(HasSubstr("503"), Not(HasSubstr("<"))));
}

TEST_F(UpstreamClientTest, ReadsRetryAfter) {
  http_.head.headers.add("retry-after", "7");
  EXPECT_EQ(refused(429, "").retry_after, std::chrono::seconds(7));
}

TEST_F(UpstreamClientTest, TakesNoOtherThingForAReply) {
  for (const char* body : {"", "{", "[]", "<html>", R"({"choices":[]})", R"({"error":"busy"})"}) {
    const CallFailure failure = refused(200, body);
    EXPECT_EQ(failure.error.code, base::Code::kDataLoss) << body;
    EXPECT_EQ(failure.advice, Advice::kGiveUp) << body;
  }
}

TEST_F(UpstreamClientTest, EndsABodyWithoutEnd) {
  upstream_.max_reply_bytes = 100;
  http_.pieces = {std::string(60, ' '), std::string(60, ' ')};
  const auto answer = ask();
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().error.message, HasSubstr("more than 100 bytes"));
}

TEST_F(UpstreamClientTest, TriesAgainWhatTheNetworkBroke) {
  http_.error = base::Error{base::Code::kUnavailable, "127.0.0.1:9: refused", {}};
  EXPECT_EQ(ask().error().advice, Advice::kRetry);
  http_.error = base::Error{base::Code::kPermissionDenied, "private", {}};
  EXPECT_EQ(ask().error().advice, Advice::kLeave);
  http_.error.reset();
  http_.pieces = {std::string("{"), base::fail(base::Code::kUnavailable, "reset")};
  EXPECT_EQ(ask().error().advice, Advice::kRetry);
}

TEST(UpstreamAt, RefusesWhatIsNoUrl) {
  EXPECT_FALSE(upstream_at("x", "ftp://host"));
  EXPECT_FALSE(upstream_at("x", ""));
}

}  // namespace
}  // namespace wend::llm
