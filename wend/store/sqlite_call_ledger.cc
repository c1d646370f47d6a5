// SPDX-License-Identifier: Apache-2.0
#include "wend/store/sqlite_call_ledger.h"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "wend/store/sqlite_database.h"
#include "wend/store/sqlite_schema.h"

namespace wend::store {
namespace {

using base::Code;

struct PendingRow {
  std::string key;
  std::string row;
  core::CallLedger::Done done;
};

base::Status write_rows(Database& database, const std::vector<PendingRow>& rows) {
  Transaction transaction = TRY(Transaction::begin(database));
  Statement put = TRY(database.prepare("INSERT OR REPLACE INTO replies VALUES (?, ?)"));
  for (const PendingRow& row : rows) {
    TRY(put.run(row.key, row.row));
  }
  return transaction.commit();
}

/// Each try waits five seconds for the other writer.
constexpr int kTries = 12;

base::Status write_patiently(Database& database, const std::vector<PendingRow>& rows) {
  base::Status status;
  for (int i = 0; i < kTries; ++i) {
    status = write_rows(database, rows);
    if (status || status.error().code != Code::kUnavailable) {
      break;
    }
  }
  return status;
}

class SqliteCallLedger final : public core::CallLedger {
 public:
  SqliteCallLedger(std::unique_ptr<Database> reader, std::unique_ptr<Database> writer)
      : reader_(std::move(reader)), writer_(std::move(writer)), thread_([this] { run(); }) {}

  ~SqliteCallLedger() override {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }

  base::Result<std::optional<std::string>> find(std::string_view key) override {
    const std::lock_guard lock(reader_mutex_);
    if (!select_) {
      select_.emplace(TRY(reader_->prepare("SELECT row FROM replies WHERE id = ?")));
    }
    select_->bind(key);
    const bool found = TRY(select_->next());
    std::optional<std::string> row = found ? std::optional(select_->string(0)) : std::nullopt;
    select_->bind(key);  // Ends the read, so that the log of writes can be folded in.
    return row;
  }

  void put(std::string key, std::string row, Done done) override {
    {
      const std::lock_guard lock(mutex_);
      pending_.push_back({std::move(key), std::move(row), std::move(done)});
    }
    changed_.notify_one();
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return ending_ || !pending_.empty(); });
      if (pending_.empty()) {
        return;
      }
      const std::vector<PendingRow> rows = std::exchange(pending_, {});
      lock.unlock();
      const base::Status status = write_patiently(*writer_, rows);
      for (const PendingRow& row : rows) {
        row.done(status);
      }
      lock.lock();
    }
  }

  std::mutex reader_mutex_;
  std::unique_ptr<Database> reader_;
  std::optional<Statement> select_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<PendingRow> pending_;
  bool ending_ = false;
  std::unique_ptr<Database> writer_;
  std::thread thread_;
};

base::Result<std::unique_ptr<Database>> open_migrated(const std::string& path) {
  std::unique_ptr<Database> database = TRY(Database::open(path, WhereMissing::kRefuse));
  TRY(migrate(*database));
  return database;
}

}  // namespace

base::Result<std::unique_ptr<core::CallLedger>> open_call_ledger(const std::string& path) {
  std::unique_ptr<Database> reader = TRY(open_migrated(path));
  std::unique_ptr<Database> writer = TRY(open_migrated(path));
  return std::make_unique<SqliteCallLedger>(std::move(reader), std::move(writer));
}

}  // namespace wend::store
