// SPDX-License-Identifier: Apache-2.0
// SQLite with the manners of the house: handles close themselves, errors are values that name the
// file, and a transaction that is not committed is rolled back.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wend/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace wend::store {

/// A prepared statement. Parameters and columns count from 0. Bound text and bytes are borrowed
/// until the statement has been stepped.
class Statement {
 public:
  /// Binds all parameters, runs to the end, and makes ready for the next run.
  template <class... Values>
  base::Status run(const Values&... values) {
    bind(values...);
    return finish();
  }

  /// Binds all parameters; rows are then fetched with next().
  template <class... Values>
  Statement& bind(const Values&... values) {
    restart();
    int index = 1;
    (bind_one(index++, values), ...);
    return *this;
  }

  /// Whether there is another row to look at.
  base::Result<bool> next();

  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  double real(int column) const;
  /// Valid until the next call of next() or bind().
  std::string_view text(int column) const;
  std::string_view bytes(int column) const;

  std::string string(int column) const { return std::string(text(column)); }

  std::optional<double> optional_real(int column) const;

 private:
  friend class Database;

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };

  Statement(sqlite3_stmt* statement, const std::string* path)
      : statement_(statement), path_(path) {}

  void restart();
  base::Status finish();
  void keep_error(int code);
  void bind_one(int index, std::int64_t value);

  void bind_one(int index, std::uint32_t value) { bind_one(index, std::int64_t{value}); }

  void bind_one(int index, double value);
  void bind_one(int index, std::string_view text);

  void bind_one(int index, const std::string& text) { bind_one(index, std::string_view(text)); }

  void bind_one(int index, std::span<const std::uint8_t> bytes);
  void bind_one(int index, std::nullopt_t);

  template <class T>
  void bind_one(int index, const std::optional<T>& value) {
    if (!value) {
      bind_one(index, std::nullopt);
    } else if constexpr (std::is_floating_point_v<T>) {
      bind_one(index, static_cast<double>(*value));
    } else {
      bind_one(index, *value);
    }
  }

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  const std::string* path_;
  int error_ = 0;
};

enum class WhereMissing { kRefuse, kMake };

class Database {
 public:
  /// Opens the file: foreign keys on, waits five seconds for another writer. Nothing is read or
  /// written yet, so what is no database shows at the first query.
  static base::Result<std::unique_ptr<Database>> open(const std::string& path,
                                                      WhereMissing where_missing);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  const std::string& path() const { return path_; }

  /// Runs statements that return nothing.
  base::Status execute(const std::string& sql);
  base::Result<Statement> prepare(std::string_view sql);

  /// The single number that a query gives, with its parameters bound; nothing where there is no
  /// row.
  template <class... Values>
  base::Result<std::optional<std::int64_t>> number(std::string_view sql, const Values&... values) {
    Statement statement = TRY(prepare(sql));
    statement.bind(values...);
    const bool found = TRY(statement.next());
    return found ? std::optional(statement.integer(0)) : std::nullopt;
  }

  std::int64_t last_inserted() const;

 private:
  Database(sqlite3* handle, std::string path) : handle_(handle), path_(std::move(path)) {}

  sqlite3* handle_;
  std::string path_;
};

enum class Access { kRead, kWrite };

/// Everything between begin() and commit() happens or nothing does; one writer at a time. With
/// kRead all queries until the end see the same state, whatever another process writes meanwhile.
class Transaction {
 public:
  static base::Result<Transaction> begin(Database& database, Access access = Access::kWrite);
  ~Transaction();

  Transaction(Transaction&& other) noexcept : database_(other.database_) {
    other.database_ = nullptr;
  }

  Transaction& operator=(Transaction&&) = delete;

  base::Status commit();

 private:
  explicit Transaction(Database* database) : database_(database) {}

  Database* database_;
};

/// The failure behind a result code of SQLite as one sentence that names the store.
base::Error store_error(int code, std::string_view message, const std::string& path);

}  // namespace wend::store
