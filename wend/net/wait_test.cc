// SPDX-License-Identifier: Apache-2.0
#include "wend/net/wait.h"

#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "wend/net/io_threads.h"

namespace wend::net {
namespace {

using namespace std::chrono_literals;
using base::Code;
using base::Error;

TEST(SleepUntil, EndsEarlyWhenCancelled) {
  IoThreads threads(1);
  threads.start();
  CancelSource cancel;
  base::Status status;
  run_and_wait(threads.context(0), [&]() -> base::Task<void> {
    boost::asio::post(threads.context(0), [&] {
      cancel.cancel(Error{Code::kCancelled, "gone", {}});
    });
    status = co_await sleep_until(Instant::clock::now() + 1h, cancel);
  });
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().message, "gone");
}

TEST(OneShot, BringsAValueOfAnotherThread) {
  IoThreads threads(1);
  threads.start();
  CancelSource cancel;
  std::optional<std::string> value;
  std::thread maker;
  run_and_wait(threads.context(0), [&]() -> base::Task<void> {
    const auto shot = std::make_shared<OneShot<std::string>>(threads.context(0));
    maker = std::thread([shot] { shot->set("made"); });
    value = co_await shot->wait(cancel);
  });
  maker.join();
  EXPECT_EQ(value, "made");
}

TEST(OneShot, GivesNothingOnceCancelled) {
  IoThreads threads(1);
  threads.start();
  CancelSource cancel;
  std::optional<int> value = 1;
  run_and_wait(threads.context(0), [&]() -> base::Task<void> {
    const auto shot = std::make_shared<OneShot<int>>(threads.context(0));
    boost::asio::post(threads.context(0), [&] {
      cancel.cancel(Error{Code::kCancelled, "gone", {}});
    });
    value = co_await shot->wait(cancel);
    shot->set(2);
  });
  EXPECT_FALSE(value.has_value());
}

TEST(CancelSource, RunsTheActionsOfLivingGuardsOnce) {
  CancelSource cancel;
  std::string order;
  {
    const CancelSource::Guard gone(cancel, [&] { order += "x"; });
  }
  const CancelSource::Guard first(cancel, [&] { order += "1"; });
  const CancelSource::Guard second(cancel, [&] { order += "2"; });
  cancel.cancel(Error{Code::kCancelled, "gone", {}});
  cancel.cancel(Error{Code::kCancelled, "again", {}});
  const CancelSource::Guard late(cancel, [&] { order += "L"; });
  EXPECT_EQ(order, "21L");
  EXPECT_EQ(cancel.error().message, "gone");
}

TEST(CancelSource, LetsAnActionTakeGuardsAwayItsOwnAmongThem) {
  CancelSource cancel;
  std::string order;
  std::vector<std::optional<CancelSource::Guard>> guards(5);
  guards[0].emplace(cancel, [&] { order += "0"; });
  guards[1].emplace(cancel, [&] { order += "1"; });
  guards[2].emplace(cancel, [&] { order += "2"; });
  guards[3].emplace(cancel, [&] {
    order += "3";
    guards[1].reset();
    guards[3].reset();
    const CancelSource::Guard late(cancel, [&] { order += "L"; });
  });
  guards[4].emplace(cancel, [&] { order += "4"; });
  guards[2].reset();
  guards[4].reset();
  cancel.cancel(Error{Code::kCancelled, "gone", {}});
  EXPECT_EQ(order, "3L0");
}

}  // namespace
}  // namespace wend::net
