// SPDX-License-Identifier: Apache-2.0
#include "wend/base/stop.h"

#include <csignal>
#include <cstdlib>

#include <gtest/gtest.h>

namespace wend::base {
namespace {

// Signals and the flag belong to the process: each case runs in a child of its own.

[[noreturn]] void end_as_asked_by(int signal) {
  heed_stop_signals();
  const bool before = check_stop().has_value();
  std::raise(signal);
  const Status after = check_stop();
  const bool right =
      before && !after && after.error().code == Code::kCancelled &&
      after.error().message == (signal == SIGINT ? "stopped by SIGINT" : "stopped by SIGTERM");
  std::_Exit(right ? 3 : 1);
}

[[noreturn]] void raise_twice(int first, int second) {
  heed_stop_signals();
  std::raise(first);
  std::raise(second);
  std::_Exit(1);
}

TEST(StopDeathTest, TheFirstSignalRaisesTheFlagAndIsNamed) {
  EXPECT_EXIT(end_as_asked_by(SIGINT), testing::ExitedWithCode(3), "");
  EXPECT_EXIT(end_as_asked_by(SIGTERM), testing::ExitedWithCode(3), "");
}

TEST(StopDeathTest, TheSecondSignalEndsTheProcessWhicheverItIs) {
  EXPECT_EXIT(raise_twice(SIGINT, SIGINT), testing::KilledBySignal(SIGINT), "");
  EXPECT_EXIT(raise_twice(SIGTERM, SIGINT), testing::KilledBySignal(SIGINT), "");
  EXPECT_EXIT(raise_twice(SIGINT, SIGTERM), testing::KilledBySignal(SIGTERM), "");
}

}  // namespace
}  // namespace wend::base
