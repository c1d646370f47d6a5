// SPDX-License-Identifier: Apache-2.0
#include "wend/store/sqlite_database.h"

#include <filesystem>
#include <utility>

#include <sqlite3.h>

#include "wend/base/file.h"
#include "wend/base/suggest.h"

namespace wend::store {

using base::Code;
using base::fail_at;

namespace {

constexpr int kBusyMilliseconds = 5000;

/// What can be said about the path in words better than SQLite's.
base::Status check_path(const std::string& path, WhereMissing where_missing) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  std::error_code ignored;
  if (path.empty() || (!folder.empty() && !std::filesystem::is_directory(folder, ignored))) {
    return fail_at(
        {path}, Code::kNotFound, "store '{}': the folder '{}' does not exist", path, folder);
  }
  if (std::filesystem::is_directory(path, ignored)) {
    return fail_at(
        {path}, Code::kInvalidArgument, "store '{}': expected a file, found a folder", path);
  }
  if (where_missing == WhereMissing::kRefuse && !std::filesystem::exists(path, ignored)) {
    const std::string name = std::filesystem::path(path).filename().string();
    return fail_at({path},
                   Code::kNotFound,
                   "store '{0}': there is no such file{1}; `wend import DIR --store {0}` makes one",
                   path,
                   base::did_you_mean(name, base::names_in(folder.empty() ? "." : folder)));
  }
  return {};
}

}  // namespace

base::Error store_error(int code, std::string_view message, const std::string& path) {
  switch (code & 0xff) {
    case SQLITE_NOTADB:
      return {Code::kInvalidArgument,
              fmt::format("store '{}': the file is no SQLite database; name another with --store "
                          "or move it away",
                          path),
              {path}};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Code::kUnavailable,
              fmt::format("store '{}': another process has been writing to it for over {} seconds; "
                          "try again when it is done",
                          path,
                          kBusyMilliseconds / 1000),
              {path}};
    case SQLITE_CORRUPT:
      return {
          Code::kDataLoss,
          fmt::format("store '{}': the file is damaged ({}); import into a new one", path, message),
          {path}};
    case SQLITE_FULL:
      return {Code::kResourceExhausted, fmt::format("store '{}': the disk is full", path), {path}};
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return {Code::kPermissionDenied,
              fmt::format("store '{}': cannot be opened for writing ({})", path, message),
              {path}};
    default:
      return {Code::kInternal, fmt::format("store '{}': {}", path, message), {path}};
  }
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

void Statement::restart() {
  sqlite3_reset(statement_.get());
  error_ = SQLITE_OK;
}

void Statement::keep_error(int code) {
  if (error_ == SQLITE_OK) {
    error_ = code;
  }
}

void Statement::bind_one(int index, std::int64_t value) {
  keep_error(sqlite3_bind_int64(statement_.get(), index, value));
}

void Statement::bind_one(int index, double value) {
  keep_error(sqlite3_bind_double(statement_.get(), index, value));
}

void Statement::bind_one(int index, std::string_view text) {
  // An empty view may hold a null pointer, which SQLite would take for NULL.
  const char* const data = text.empty() ? "" : text.data();
  keep_error(
      sqlite3_bind_text64(statement_.get(), index, data, text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void Statement::bind_one(int index, std::span<const std::uint8_t> bytes) {
  const void* const data = bytes.empty() ? "" : static_cast<const void*>(bytes.data());
  keep_error(sqlite3_bind_blob64(statement_.get(), index, data, bytes.size(), SQLITE_STATIC));
}

void Statement::bind_one(int index, std::nullopt_t) {
  keep_error(sqlite3_bind_null(statement_.get(), index));
}

base::Result<bool> Statement::next() {
  if (error_ == SQLITE_OK) {
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW || code == SQLITE_DONE) {
      return code == SQLITE_ROW;
    }
    error_ = code;
  }
  return tl::unexpected(
      store_error(error_, sqlite3_errmsg(sqlite3_db_handle(statement_.get())), *path_));
}

base::Status Statement::finish() {
  while (TRY(next())) {
  }
  sqlite3_reset(statement_.get());
  return {};
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

double Statement::real(int column) const {
  return sqlite3_column_double(statement_.get(), column);
}

std::string_view Statement::text(int column) const {
  const void* const data = sqlite3_column_text(statement_.get(), column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return data == nullptr ? std::string_view()
                         : std::string_view(static_cast<const char*>(data), size);
}

std::string_view Statement::bytes(int column) const {
  const void* const data = sqlite3_column_blob(statement_.get(), column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return data == nullptr ? std::string_view()
                         : std::string_view(static_cast<const char*>(data), size);
}

std::optional<double> Statement::optional_real(int column) const {
  return is_null(column) ? std::nullopt : std::optional(real(column));
}

base::Result<std::unique_ptr<Database>> Database::open(const std::string& path,
                                                       WhereMissing where_missing) {
  TRY(check_path(path, where_missing));
  sqlite3* handle = nullptr;
  const int make = where_missing == WhereMissing::kMake ? SQLITE_OPEN_CREATE : 0;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | make;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  std::unique_ptr<Database> database(new Database(handle, path));
  if (code != SQLITE_OK) {
    return tl::unexpected(
        store_error(code, handle == nullptr ? "out of memory" : sqlite3_errmsg(handle), path));
  }
  sqlite3_busy_timeout(handle, kBusyMilliseconds);
  TRY(database->execute("PRAGMA foreign_keys = ON"));
  return database;
}

Database::~Database() {
  sqlite3_close_v2(handle_);
}

base::Status Database::execute(const std::string& sql) {
  const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) {
    return tl::unexpected(store_error(code, sqlite3_errmsg(handle_), path_));
  }
  return {};
}

base::Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_,
                                      sql.data(),
                                      static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT,
                                      &statement,
                                      nullptr);
  if (code != SQLITE_OK) {
    return tl::unexpected(store_error(code, sqlite3_errmsg(handle_), path_));
  }
  return Statement(statement, &path_);
}

std::int64_t Database::last_inserted() const {
  return sqlite3_last_insert_rowid(handle_);
}

base::Result<Transaction> Transaction::begin(Database& database, Access access) {
  TRY(database.execute(access == Access::kWrite ? "BEGIN IMMEDIATE" : "BEGIN"));
  return Transaction(&database);
}

Transaction::~Transaction() {
  if (database_ != nullptr) {
    static_cast<void>(database_->execute(
        "ROLLBACK"));  // Fails where SQLite has rolled back itself: then it is done.
  }
}

base::Status Transaction::commit() {
  TRY(database_->execute("COMMIT"));
  database_ = nullptr;
  return {};
}

}  // namespace wend::store
