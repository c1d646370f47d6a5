// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/worker_pool.h"

#include <atomic>
#include <chrono>
#include <latch>

#include <gtest/gtest.h>

namespace wend::serve {
namespace {

TEST(WorkerPool, RefusesWhatTheQueueCannotHold) {
  std::latch running(1);
  std::latch release(1);
  std::latch done(2);
  std::atomic<int> ran = 0;
  WorkerPool pool(1, 1);
  // The thread may not be idle yet: until it is, the queue alone takes the first job.
  while (!pool.submit([&] {
    running.count_down();
    release.wait();
    ++ran;
    done.count_down();
  })) {
  }
  running.wait();
  EXPECT_TRUE(pool.submit([&] {
    ++ran;
    done.count_down();
  }));
  EXPECT_FALSE(pool.submit([&] { ++ran; }));
  EXPECT_EQ(pool.waiting(), 1);
  release.count_down();
  done.wait();
  EXPECT_EQ(ran, 2);
}

TEST(WorkerPool, WithoutAQueueTakesAJobForEachIdleThread) {
  std::latch release(1);
  std::latch done(1);
  WorkerPool pool(1, 0);
  while (!pool.submit([&] {
    release.wait();
    done.count_down();
  })) {
  }
  EXPECT_FALSE(pool.submit([] {}));
  release.count_down();
  done.wait();
}

TEST(WorkerPool, DropsWhatWaitsWhenItEnds) {
  std::atomic<int> ran = 0;
  {
    std::latch running(1);
    std::latch release(1);
    WorkerPool pool(1, 100);
    pool.submit([&] {
      running.count_down();
      release.wait();
      ++ran;
    });
    running.wait();
    for (int i = 0; i < 50; ++i) {
      pool.submit([&] { ++ran; });
    }
    std::thread ender([&] { release.count_down(); });
    ender.join();
  }
  EXPECT_GE(ran, 1);
}

TEST(InferencePool, HasNothingUnderWayOnceItIsStopped) {
  std::atomic<bool> over = false;
  std::latch running(1);
  InferencePool pool(1, 1);
  pool.submit([&] {
    running.count_down();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    over = true;
  });
  running.wait();
  pool.stop();
  EXPECT_TRUE(over);
  EXPECT_FALSE(pool.submit([] {}));
}

}  // namespace
}  // namespace wend::serve
