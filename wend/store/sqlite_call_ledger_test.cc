// SPDX-License-Identifier: Apache-2.0
#include "wend/store/sqlite_call_ledger.h"

#include <atomic>
#include <future>
#include <thread>

#include "tests/support/temp_dir.h"
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wend/store/sqlite_database.h"
#include "wend/store/store.h"

namespace wend::store {
namespace {

std::unique_ptr<core::CallLedger> open(const std::string& path) {
  const auto store = open_or_make_store(path);
  EXPECT_TRUE(store) << store.error().message;
  auto ledger = open_call_ledger(path);
  EXPECT_TRUE(ledger) << ledger.error().message;
  return *std::move(ledger);
}

base::Status put(core::CallLedger& ledger, const std::string& key, const std::string& row) {
  std::promise<base::Status> kept;
  ledger.put(key, row, [&](base::Status status) { kept.set_value(std::move(status)); });
  return kept.get_future().get();
}

TEST(SqliteCallLedger, GivesBackWhatWasPut) {
  const support::TempDir dir;
  const auto ledger = open(dir / "wend.db");
  EXPECT_FALSE(*ledger->find("k"));
  ASSERT_TRUE(put(*ledger, "k", R"({"id":"k","reply":"a"})"));
  EXPECT_EQ(**ledger->find("k"), R"({"id":"k","reply":"a"})");
  ASSERT_TRUE(put(*ledger, "k", R"({"id":"k","reply":"b"})"));
  EXPECT_EQ(**ledger->find("k"), R"({"id":"k","reply":"b"})");
  EXPECT_FALSE(*ledger->find("K"));
}

TEST(SqliteCallLedger, IsTheTableThatImportsFill) {
  const support::TempDir dir;
  const auto ledger = open(dir / "wend.db");
  ASSERT_TRUE(put(*ledger, "k", "row"));
  const auto store = *open_store(dir / "wend.db");
  EXPECT_EQ(**store->find_reply("k"), "row");
}

TEST(SqliteCallLedger, TakesRowsFromManyThreadsAndKeepsThemAllAtItsEnd) {
  const support::TempDir dir;
  std::atomic<int> kept = 0;
  {
    const auto ledger = open(dir / "wend.db");
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 250; ++i) {
          ledger->put(fmt::format("{}-{}", t, i), "row", [&](const base::Status& status) {
            kept += status ? 1 : 0;
          });
        }
      });
    }
    for (std::thread& thread : threads) {
      thread.join();
    }
  }
  EXPECT_EQ(kept, 1000);
  const auto ledger = open(dir / "wend.db");
  EXPECT_EQ(**ledger->find("3-249"), "row");
}

TEST(SqliteCallLedger, WaitsForAnotherWriter) {
  const support::TempDir dir;
  const auto ledger = open(dir / "wend.db");
  const auto other = *Database::open(dir / "wend.db", WhereMissing::kRefuse);
  auto transaction = std::optional(*Transaction::begin(*other));
  std::promise<base::Status> kept;
  std::future<base::Status> result = kept.get_future();
  ledger->put("k", "row", [&](base::Status status) { kept.set_value(std::move(status)); });
  EXPECT_EQ(result.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  transaction.reset();
  EXPECT_TRUE(result.get());
}

TEST(SqliteCallLedger, WhatItHasConfirmedOutlivesAKill) {
  const support::TempDir dir;
  const std::string path = dir / "wend.db";
  open(path);
  int confirmed[2];
  ASSERT_EQ(::pipe(confirmed), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto ledger = *open_call_ledger(path);
    for (std::uint32_t i = 0;; ++i) {
      ledger->put(std::to_string(i), "row", [&, i](const base::Status& status) {
        if (!status || ::write(confirmed[1], &i, sizeof i) != sizeof i) {
          ::_exit(1);
        }
      });
      ::usleep(100);
    }
  }
  ::close(confirmed[1]);
  std::uint32_t last = 0;
  while (last < 100 && ::read(confirmed[0], &last, sizeof last) == sizeof last) {
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  while (::read(confirmed[0], &last, sizeof last) == sizeof last) {
  }
  ::close(confirmed[0]);
  EXPECT_GE(last, 100U);
  const auto ledger = open(path);
  for (std::uint32_t i = 0; i <= last; ++i) {
    ASSERT_TRUE(*ledger->find(std::to_string(i))) << i << " of " << last;
  }
}

TEST(SqliteCallLedger, NeedsAStore) {
  const support::TempDir dir;
  const auto ledger = open_call_ledger(dir / "none.db");
  ASSERT_FALSE(ledger);
  EXPECT_EQ(ledger.error().code, base::Code::kNotFound);
}

}  // namespace
}  // namespace wend::store
