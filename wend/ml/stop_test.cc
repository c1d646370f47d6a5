// SPDX-License-Identifier: Apache-2.0
// Long searches end soon after a stop is asked for, and tell how far they are.
#include "wend/base/stop.h"

#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "wend/base/random.h"
#include "wend/ml/kmeans.h"
#include "wend/ml/neighbours_all.h"

namespace wend::ml {
namespace {

/// Counts the steps of the last stage; asks for a stop in the middle of `fatal_stage`.
class Watcher final : public base::Progress {
 public:
  explicit Watcher(std::string fatal_stage = "") : fatal_stage_(std::move(fatal_stage)) {}

  void start(std::string stage, std::size_t total) override {
    stages_.push_back(std::move(stage));
    total_ = total;
    done_ = 0;
  }

  void advance(std::size_t steps) override {
    const bool was_before = done_ < total_ / 2;
    done_ += steps;
    if (stages_.back() == fatal_stage_ && was_before && done_ >= total_ / 2) {
      std::raise(SIGINT);
    }
  }

  void finish() override { ++finished_; }

  const std::vector<std::string>& stages() const { return stages_; }

  std::size_t finished() const { return finished_; }

  std::size_t total() const { return total_; }

  std::size_t done() const { return done_; }

 private:
  std::string fatal_stage_;
  std::vector<std::string> stages_;
  std::size_t finished_ = 0;
  std::size_t total_ = 0;
  std::size_t done_ = 0;
};

base::Matrix noise(std::size_t rows, std::size_t columns) {
  base::Random random(5);
  base::Matrix points(rows, columns);
  for (float& value : points.values()) {
    value = static_cast<float>(random.normal());
  }
  return points;
}

/// Signals and the flag belong to the process, so each case runs in a child: 3 where the work
/// failed for the stop, soon after it.
template <class Work>
[[noreturn]] void stop_within(const char* stage, const Work& work) {
  base::heed_stop_signals();
  Watcher watcher(stage);
  const auto result = work(watcher);
  const bool right = !result && result.error().code == base::Code::kCancelled &&
                     watcher.done() < watcher.total() * 3 / 4;
  std::_Exit(right ? 3 : 1);
}

TEST(StopDeathTest, EndsTheExactSearch) {
  const base::Matrix points = noise(5'000, 16);
  EXPECT_EXIT(stop_within("neighbours",
                          [&](Watcher& watcher) { return all_nearest(points, 5, 1, &watcher); }),
              testing::ExitedWithCode(3),
              "");
}

TEST(StopDeathTest, EndsTheSearchByHnswWhileItIsBuiltAndWhileItIsAsked) {
  const base::Matrix points = noise(400, 8);
  for (const char* stage : {"index of neighbours", "neighbours"}) {
    EXPECT_EXIT(
        stop_within(stage,
                    [&](Watcher& watcher) { return all_nearest_hnsw(points, 5, 1, {}, &watcher); }),
        testing::ExitedWithCode(3),
        "");
  }
}

TEST(StopDeathTest, EndsKmeans) {
  const base::Matrix points = noise(2'000, 8);
  EXPECT_EXIT(stop_within("k-means",
                          [&](Watcher& watcher) {
                            return kmeans(points,
                                          {.clusters = 8,
                                           .restarts = 8,
                                           .iterations = 4,
                                           .threads = 1,
                                           .progress = &watcher});
                          }),
              testing::ExitedWithCode(3),
              "");
}

TEST(Progress, CountsEveryPointOnceHoweverManyRangesAreLookedThrough) {
  const base::Matrix points = noise(33'000, 4);  // More than are packed at a time.
  Watcher watcher;
  ASSERT_TRUE(all_nearest(points, 1, 1, &watcher));
  EXPECT_EQ(watcher.stages(), std::vector<std::string>{"neighbours"});
  EXPECT_EQ(watcher.done(), 33'000U);
  EXPECT_EQ(watcher.total(), 33'000U);
  EXPECT_EQ(watcher.finished(), 1U);
}

TEST(Progress, TellsOfBothStagesOfHnsw) {
  const base::Matrix points = noise(100, 4);
  Watcher watcher;
  ASSERT_TRUE(all_nearest_hnsw(points, 3, 1, {}, &watcher));
  EXPECT_EQ(watcher.stages(), (std::vector<std::string>{"index of neighbours", "neighbours"}));
  EXPECT_EQ(watcher.done(), 100U);
  EXPECT_EQ(watcher.finished(), 2U);
}

TEST(Progress, OfKmeansReachesItsEndWhereItSettlesEarly) {
  const base::Matrix points = noise(50, 2);
  Watcher watcher;
  ASSERT_TRUE(kmeans(points, {.clusters = 4, .restarts = 3, .threads = 1, .progress = &watcher}));
  EXPECT_EQ(watcher.done(), watcher.total());
  EXPECT_EQ(watcher.total(), 3U * (4 + 100));
  EXPECT_EQ(watcher.finished(), 1U);
}

}  // namespace
}  // namespace wend::ml
