// SPDX-License-Identifier: Apache-2.0
#include "wend/net/resolver.h"

#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/net/address_guard.h"
#include "wend/net/io_threads.h"
#include "wend/net/wait.h"

namespace wend::net {
namespace {

using namespace std::chrono_literals;
using base::Code;

Addresses addresses(const std::string& text) {
  return {boost::asio::ip::make_address(text)};
}

TEST(DnsCache, ForgetsAfterAWhile) {
  DnsCache cache(30s, 10);
  const Instant now = Instant::clock::now();
  cache.put("a", addresses("1.1.1.1"), now);
  ASSERT_NE(cache.find("a", now + 29s), nullptr);
  EXPECT_EQ(*cache.find("a", now + 29s), addresses("1.1.1.1"));
  EXPECT_EQ(cache.find("a", now + 30s), nullptr);
  EXPECT_EQ(cache.find("b", now), nullptr);
  cache.put("a", addresses("2.2.2.2"), now + 31s);
  EXPECT_EQ(*cache.find("a", now + 32s), addresses("2.2.2.2"));
}

TEST(DnsCache, HoldsNoMoreNamesThanItMay) {
  DnsCache cache(30s, 2);
  const Instant now = Instant::clock::now();
  cache.put("old", addresses("1.1.1.1"), now);
  cache.put("older", addresses("1.1.1.1"), now - 1s);
  cache.put("new", addresses("1.1.1.1"), now + 1s);
  EXPECT_EQ(cache.find("older", now), nullptr);
  EXPECT_NE(cache.find("old", now), nullptr);
  EXPECT_NE(cache.find("new", now), nullptr);
}

TEST(SystemLookup, KnowsThisMachineAndNoOther) {
  const auto local = system_lookup("localhost");
  ASSERT_TRUE(local) << local.error().message;
  ASSERT_FALSE(local->empty());
  EXPECT_EQ(private_kind(local->front()), "loopback");
  const auto none = system_lookup("no-such-name.invalid");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Code::kUnavailable);
}

/// A resolver on an I/O thread of its own.
class ResolverTest : public testing::Test {
 protected:
  void start(Lookup lookup) {
    resolver_.emplace(threads_.context(0), std::move(lookup));
    threads_.start();
  }

  void TearDown() override { threads_.stop(); }

  base::Result<Addresses> resolve(const std::string& name, std::chrono::milliseconds within = 10s) {
    base::Result<Addresses> found;
    run_and_wait(threads_.context(0), [&]() -> base::Task<void> {
      found = co_await resolver_->resolve(name, Instant::clock::now() + within, cancel_);
    });
    return found;
  }

  CancelSource cancel_;
  IoThreads threads_{1};
  std::optional<Resolver> resolver_;
};

TEST_F(ResolverTest, AsksOnceForAllWhoAskAtOnceAndLater) {
  std::atomic<int> lookups = 0;
  std::promise<void> asked_by_all;
  start([&, may_answer = asked_by_all.get_future().share()](const std::string&) {
    ++lookups;
    may_answer.wait();
    return addresses("1.2.3.4");
  });
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([&] { EXPECT_EQ(*resolve("a"), addresses("1.2.3.4")); });
  }
  std::this_thread::sleep_for(20ms);
  asked_by_all.set_value();
  for (std::thread& caller : callers) {
    caller.join();
  }
  EXPECT_EQ(*resolve("a"), addresses("1.2.3.4"));
  EXPECT_EQ(lookups, 1);
}

TEST_F(ResolverTest, AsksAgainAfterAFailure) {
  std::atomic<int> lookups = 0;
  start([&](const std::string&) -> base::Result<Addresses> {
    if (++lookups == 1) {
      return base::fail(Code::kUnavailable, "try again");
    }
    return addresses("1.2.3.4");
  });
  EXPECT_EQ(resolve("a").error().message, "try again");
  EXPECT_EQ(*resolve("a"), addresses("1.2.3.4"));
}

TEST_F(ResolverTest, ALookupThatHangsHoldsUpNeitherOthersNorTheEnd) {
  const auto never = std::make_shared<std::promise<void>>();
  start([never, hung = never->get_future().share()](const std::string& name) {
    if (name == "hangs") {
      hung.wait();
    }
    return addresses("1.2.3.4");
  });
  const auto late = resolve("hangs", 30ms);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Code::kDeadlineExceeded);
  EXPECT_EQ(*resolve("other"), addresses("1.2.3.4"));
  boost::asio::post(threads_.context(0), [&] { cancel_.cancel({Code::kCancelled, "gone", {}}); });
  EXPECT_EQ(resolve("hangs").error().message, "gone");
  resolver_.reset();
  // Its answer comes when nobody is there any more.
  never->set_value();
}

}  // namespace
}  // namespace wend::net
