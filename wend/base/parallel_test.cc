// SPDX-License-Identifier: Apache-2.0
#include "wend/base/parallel.h"

#include <gtest/gtest.h>

namespace wend::base {
namespace {

TEST(ParallelFor, DoesEachItemOnceWhateverTheThreads) {
  for (const std::size_t threads : {0U, 1U, 2U, 7U, 64U}) {
    std::vector<std::atomic<int>> done(100);
    parallel_for(done.size(), threads, [&](std::size_t item, std::size_t) { ++done[item]; });
    for (const std::atomic<int>& times : done) {
      EXPECT_EQ(times, 1) << threads;
    }
  }
}

TEST(ParallelFor, GivesEachThreadANumberOfItsOwn) {
  std::vector<std::thread::id> owner(4);
  std::vector<std::atomic<bool>> mixed(4);
  parallel_for(1000, 4, [&](std::size_t, std::size_t worker) {
    if (owner[worker] == std::thread::id()) {
      owner[worker] = std::this_thread::get_id();
    }
    mixed[worker] = mixed[worker] || owner[worker] != std::this_thread::get_id();
  });
  for (const std::atomic<bool>& worker : mixed) {
    EXPECT_FALSE(worker);
  }
}

TEST(ParallelFor, UsesNoMoreWorkersThanItems) {
  std::atomic<std::size_t> largest{0};
  parallel_for(2, 16, [&](std::size_t, std::size_t worker) {
    if (worker > largest) {
      largest = worker;
    }
  });
  EXPECT_LT(largest, 2U);
}

TEST(ParallelFor, DoesNothingWhenThereIsNothing) {
  parallel_for(0, 4, [](std::size_t, std::size_t) { ADD_FAILURE(); });
}

TEST(AvailableThreads, IsAtLeastOne) {
  EXPECT_GE(available_threads(), 1U);
}

}  // namespace
}  // namespace wend::base
