// SPDX-License-Identifier: Apache-2.0
#include "wend/net/deadline_guard.h"

#include <chrono>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

namespace wend::net {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

Instant from_now(milliseconds time) {
  return Instant::clock::now() + time;
}

TEST(DeadlineGuard, CancelsWhatIsDueAndNothingElse) {
  boost::asio::io_context context(1);
  CancelSource late;
  CancelSource early;
  CancelSource gone;
  const DeadlineGuard of_late(context, from_now(hours(1)), late);
  const DeadlineGuard of_early(context, from_now(milliseconds(5)), early);
  auto of_gone = std::make_unique<DeadlineGuard>(context, from_now(milliseconds(1)), gone);
  of_gone.reset();
  while (!early.cancelled()) {
    context.run_one();
  }
  EXPECT_EQ(early.error().code, base::Code::kDeadlineExceeded);
  EXPECT_FALSE(late.cancelled());
  EXPECT_FALSE(gone.cancelled());
}

TEST(DeadlineGuard, GoesOnToTheNextWhenTheEarliestIsGone) {
  boost::asio::io_context context(1);
  CancelSource first;
  std::vector<CancelSource> rest(3);
  std::vector<std::unique_ptr<DeadlineGuard>> guards;
  auto of_first = std::make_unique<DeadlineGuard>(context, from_now(milliseconds(1)), first);
  for (CancelSource& source : rest) {
    guards.push_back(std::make_unique<DeadlineGuard>(context, from_now(milliseconds(2)), source));
  }
  of_first.reset();
  while (!rest.back().cancelled()) {
    context.run_one();
  }
  EXPECT_TRUE(rest[0].cancelled());
  EXPECT_TRUE(rest[1].cancelled());
  EXPECT_FALSE(first.cancelled());
}

TEST(DeadlineGuard, MayBeTakenAwayWithOthersByWhatItCancels) {
  boost::asio::io_context context(1);
  CancelSource one;
  CancelSource other;
  const Instant both = from_now(milliseconds(1));
  auto of_one = std::make_unique<DeadlineGuard>(context, both, one);
  auto of_other = std::make_unique<DeadlineGuard>(context, both, other);
  const CancelSource::Guard action(one, [&] {
    of_one.reset();
    of_other.reset();
  });
  while (!one.cancelled()) {
    context.run_one();
  }
  EXPECT_FALSE(other.cancelled());
}

}  // namespace
}  // namespace wend::net
