// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/recorder.h"

#include <latch>

#include "tests/support/temp_dir.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wend::serve {
namespace {

using testing::HasSubstr;

class RecorderTest : public testing::Test {
 protected:
  std::unique_ptr<Recorder> make(std::size_t queue) {
    return std::make_unique<Recorder>(*store::open_or_make_store(path()),
                                      queue,
                                      Recorder::Counters{metrics_.counter("kept", "x"),
                                                         metrics_.counter("dropped", "x"),
                                                         metrics_.counter("failed", "x")});
  }

  std::string path() const { return folder_ / "wend.db"; }

  const support::TempDir folder_;
  base::Metrics metrics_;
};

store::DecisionRow row(const std::string& id, const std::string& owner = "") {
  return {id, owner, 1.0, "{}"};
}

TEST_F(RecorderTest, WritesWhatItWasGivenBeforeItEnds) {
  {
    const auto recorder = make(1000);
    for (int i = 0; i < 100; ++i) {
      const std::string id = std::to_string(i);
      recorder->put(id, [id] { return row(id, "me"); });
    }
  }
  const auto store = *store::open_store(path());
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ((*store->find_decision(std::to_string(i)))->owner, "me");
  }
  EXPECT_THAT(metrics_.text(), HasSubstr("kept 100"));
}

TEST_F(RecorderTest, DropsAndCountsWhatItsQueueCannotHold) {
  std::latch writing(1);
  std::latch go_on(1);
  {
    const auto recorder = make(2);
    recorder->put("first", [&] {
      writing.count_down();
      go_on.wait();
      return row("first");
    });
    writing.wait();
    for (const char* id : {"a", "b", "c", "d"}) {
      recorder->begin(id, "");
      recorder->put(id, [id] { return row(id); });
    }
    EXPECT_EQ(recorder->find("c")->state, Recorder::Lookup::kUnknown);
    EXPECT_EQ(recorder->find("b")->state, Recorder::Lookup::kUnderWay);
    go_on.count_down();
  }
  const auto store = *store::open_store(path());
  EXPECT_TRUE(*store->find_decision("first"));
  EXPECT_TRUE(*store->find_decision("b"));
  EXPECT_FALSE(*store->find_decision("c"));
  EXPECT_THAT(metrics_.text(), HasSubstr("dropped 2"));
}

TEST_F(RecorderTest, SaysOfADecisionUnderWayThatItIsAndFindsItOnceItIsKept) {
  const auto recorder = make(10);
  EXPECT_EQ(recorder->find("d")->state, Recorder::Lookup::kUnknown);
  recorder->begin("d", "me");
  EXPECT_EQ(recorder->find("d")->state, Recorder::Lookup::kUnderWay);
  EXPECT_EQ(recorder->find("d")->row.owner, "me");
  recorder->put("d", [] { return row("d"); });
  while (recorder->find("d")->state == Recorder::Lookup::kUnderWay) {
    std::this_thread::yield();
  }
  EXPECT_EQ(recorder->find("d")->state, Recorder::Lookup::kFound);
}

}  // namespace
}  // namespace wend::serve
