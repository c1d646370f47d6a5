// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/relay.h"

#include <deque>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/net/fake_exchange.h"
#include "wend/net/io_threads.h"

namespace wend::serve {
namespace {

using base::Code;
using base::Error;
using base::Result;
using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

/// An upstream's stream from a script: its pieces, then its end or what broke it.
class ScriptedStream final : public net::ClientResponse {
 public:
  ScriptedStream(std::deque<std::string> pieces, std::optional<Error> fault)
      : pieces_(std::move(pieces)), fault_(std::move(fault)) {}

  const net::ResponseHead& head() const override { return head_; }

  base::Task<Result<std::string_view>> read_some() override {
    if (pieces_.empty()) {
      co_return fault_ ? Result<std::string_view>(tl::unexpected(*fault_))
                       : Result<std::string_view>(std::string_view());
    }
    now_ = std::move(pieces_.front());
    pieces_.pop_front();
    co_return Result<std::string_view>(now_);
  }

 private:
  net::ResponseHead head_;
  std::deque<std::string> pieces_;
  std::string now_;
  std::optional<Error> fault_;
};

class RelayTest : public testing::Test {
 protected:
  RelayTest() { threads_.start(); }

  /// Relays; notes whether the record was closed before the end went out.
  RelayResult relay(UpstreamAnswer answer) {
    RelayResult result;
    net::run_and_wait(threads_.context(0), [&]() -> base::Task<void> {
      Relay relay{exchange_, cancel_, {{"x-wend-model", "small"}}};
      const auto finished = [&](const RelayResult&) { ended_at_finish_ = exchange_.ended; };
      result = co_await relay_answer(relay, std::move(answer), finished);
    });
    return result;
  }

  UpstreamAnswer stream(std::deque<std::string> pieces, std::optional<Error> fault = {}) {
    UpstreamAnswer answer;
    answer.outcome = AttemptOutcome::kOk;
    answer.head = {200, {{"Content-Type", "text/event-stream"}, {"Set-Cookie", "k=secret"}}};
    answer.body = std::move(pieces.front());
    pieces.pop_front();
    answer.stream = std::make_unique<ScriptedStream>(std::move(pieces), std::move(fault));
    return answer;
  }

  net::IoThreads threads_{1};
  net::FakeExchange exchange_{threads_.context(0)};
  net::CancelSource cancel_;
  std::optional<bool> ended_at_finish_;
};

TEST_F(RelayTest, SendsEachPieceOfAStreamAsItCameAndReadsTheUsageBesideIt) {
  const RelayResult result = relay(stream({"d",
                                           "ata: {\"choices\":[]",
                                           ",\"usage\":{\"prompt_tok",
                                           "ens\":7,\"completion_tokens\":2}}\n",
                                           "\n",
                                           "data: [DONE]\n\n"}));
  EXPECT_EQ(result.end, RelayEnd::kWhole);
  EXPECT_EQ(result.usage.prompt_tokens, 7);
  EXPECT_EQ(result.usage.completion_tokens, 2);
  EXPECT_THAT(exchange_.pieces,
              ElementsAre("d",
                          "ata: {\"choices\":[]",
                          ",\"usage\":{\"prompt_tok",
                          "ens\":7,\"completion_tokens\":2}}\n",
                          "\n",
                          "data: [DONE]\n\n"));
  EXPECT_TRUE(exchange_.ended);
  EXPECT_EQ(ended_at_finish_, false);
}

TEST_F(RelayTest, LetsFewOfTheUpstreamsHeadersThrough) {
  relay(stream({"data: {}\n\n"}));
  const net::Headers& headers = exchange_.streamed->headers;
  EXPECT_EQ(*headers.find("content-type"), "text/event-stream");
  EXPECT_EQ(*headers.find("x-wend-model"), "small");
  EXPECT_EQ(headers.find("set-cookie"), nullptr);
}

TEST_F(RelayTest, EndsABrokenStreamWithAnErrorEventOfItsOwn) {
  const RelayResult result =
      relay(stream({"data: {\"a\":1}\n\n", "data: {\"b"}, Error{Code::kDataLoss, "cut", {}}));
  EXPECT_EQ(result.end, RelayEnd::kBroken);
  EXPECT_THAT(exchange_.text(),
              AllOf(StartsWith("data: {\"a\":1}\n\ndata: {\"b\n\ndata: {\"error\":{"),
                    HasSubstr("upstream_stream_broken"),
                    EndsWith("}}\n\n")));
  EXPECT_TRUE(exchange_.ended);
}

TEST_F(RelayTest, PutsNothingBeforeTheErrorWhereAnEventHadEnded) {
  relay(stream({"data: {\"a\":1}\r\n", "\r\n"}, Error{Code::kUnavailable, "reset", {}}));
  EXPECT_THAT(exchange_.text(), StartsWith("data: {\"a\":1}\r\n\r\ndata: {\"error\":"));
}

TEST_F(RelayTest, NamesTheDeadlineWhereThatEndedTheStream) {
  cancel_.cancel(Error{Code::kDeadlineExceeded, "the request took longer than it may", {}});
  relay(stream({"data: {}\n\n"}, Error{Code::kDeadlineExceeded, "x", {}}));
  EXPECT_THAT(exchange_.text(), HasSubstr("the request took longer than it may"));
}

TEST_F(RelayTest, StopsWhenTheClientGoes) {
  exchange_.goes_at = 1;
  const RelayResult result = relay(stream({"data: 1\n\n", "data: 2\n\n", "data: 3\n\n"}));
  EXPECT_EQ(result.end, RelayEnd::kClientGone);
  EXPECT_THAT(exchange_.pieces, ElementsAre("data: 1\n\n"));
  EXPECT_FALSE(exchange_.ended);
  EXPECT_TRUE(ended_at_finish_.has_value());
}

TEST_F(RelayTest, SendsAWholeAnswerWithItsStatus) {
  UpstreamAnswer answer;
  answer.outcome = AttemptOutcome::kClientError;
  answer.head = {422, {{"content-type", "application/json"}}};
  answer.body = R"({"error":{"message":"no"}})";
  answer.usage.prompt_tokens = 3;
  const RelayResult result = relay(std::move(answer));
  EXPECT_EQ(exchange_.whole->status, 422);
  EXPECT_EQ(exchange_.whole->body, R"({"error":{"message":"no"}})");
  EXPECT_EQ(result.usage.prompt_tokens, 3);
}

}  // namespace
}  // namespace wend::serve
