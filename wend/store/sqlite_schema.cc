// SPDX-License-Identifier: Apache-2.0
// The layout as the list of steps that lead to it: step i takes a database of version i to i + 1. A
// step that has been released is never edited; a change is a new step at the end and a line in
// docs/formats/store.md.
#include "wend/store/sqlite_schema.h"

#include <array>
#include <string>

namespace wend::store {
namespace {

using base::Code;
using base::fail_at;

constexpr std::array<const char*, 3> kSteps = {R"(
CREATE TABLE datasets (
  key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, taxonomy TEXT NOT NULL, pools TEXT NOT NULL);
CREATE TABLE queries (
  key INTEGER PRIMARY KEY, collection INTEGER NOT NULL REFERENCES datasets, id TEXT NOT NULL, dataset TEXT NOT NULL,
  task TEXT NOT NULL, context TEXT NOT NULL, prompt TEXT NOT NULL, reference TEXT NOT NULL, metric TEXT NOT NULL,
  extra TEXT NOT NULL, UNIQUE (collection, id));
CREATE TABLE models (
  key INTEGER PRIMARY KEY, collection INTEGER NOT NULL REFERENCES datasets, id TEXT NOT NULL, params_b REAL,
  input_price_per_mtok REAL, output_price_per_mtok REAL, extra TEXT NOT NULL, UNIQUE (collection, id));
CREATE TABLE outcomes (
  query INTEGER NOT NULL REFERENCES queries, model INTEGER NOT NULL REFERENCES models, draw INTEGER NOT NULL,
  status INTEGER NOT NULL, quality REAL, input_tokens INTEGER, output_tokens INTEGER, cost REAL, latency_s REAL,
  extra TEXT NOT NULL, PRIMARY KEY (query, model, draw)) WITHOUT ROWID;
CREATE TABLE task_labels (
  query INTEGER NOT NULL REFERENCES queries, task TEXT NOT NULL, weight REAL NOT NULL, PRIMARY KEY (query, task)) WITHOUT ROWID;
CREATE TABLE encoders (key INTEGER PRIMARY KEY, version TEXT NOT NULL UNIQUE);
CREATE TABLE vectors (
  encoder INTEGER NOT NULL REFERENCES encoders, text_hash TEXT NOT NULL, vector BLOB NOT NULL, PRIMARY KEY (encoder, text_hash));
CREATE TABLE replies (id TEXT PRIMARY KEY, row TEXT NOT NULL);
)",
                                               R"(
CREATE TABLE decisions (id TEXT PRIMARY KEY, owner TEXT NOT NULL, time REAL NOT NULL, record TEXT NOT NULL);
CREATE INDEX decisions_by_time ON decisions (time);
)",
                                               R"(
CREATE TABLE syntheses (name TEXT PRIMARY KEY, record TEXT NOT NULL);
)"};

/// The layout of the file: 0 where it is empty. A database of another program is an error.
base::Result<std::int64_t> version_of(Database& database) {
  const auto tables =
      TRY(database.number("SELECT count(*) FROM sqlite_schema WHERE type = 'table'"));
  if (tables.value_or(0) == 0) {
    return 0;
  }
  const auto ours = TRY(database.number(
      "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'wend_schema'"));
  if (ours.value_or(0) == 0) {
    return fail_at(
        {database.path()},
        Code::kInvalidArgument,
        "store '{}': an SQLite database of another program; name another file with --store",
        database.path());
  }
  return TRY(database.number("SELECT max(version) FROM wend_schema")).value_or(0);
}

base::Status check_known(const Database& database, std::int64_t version) {
  if (version < 0 || version > newest_schema_version()) {
    return fail_at({database.path()},
                   Code::kFailedPrecondition,
                   "store '{}': written by a newer wend (layout {}, this program knows up to {}); "
                   "update wend or name another file "
                   "with --store",
                   database.path(),
                   version,
                   newest_schema_version());
  }
  return {};
}

}  // namespace

int newest_schema_version() {
  return static_cast<int>(kSteps.size());
}

base::Status migrate(Database& database) {
  std::int64_t version = TRY(version_of(database));
  TRY(check_known(database, version));
  // Not before the file is known to be ours: the mode is written into it.
  TRY(database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL"));
  if (version == newest_schema_version()) {
    return {};  // The usual case takes no lock, so that reading goes on while another process
                // writes.
  }
  Transaction transaction = TRY(Transaction::begin(database));
  version = TRY(version_of(database));  // Another process may have been faster.
  TRY(check_known(database, version));
  TRY(database.execute("CREATE TABLE IF NOT EXISTS wend_schema (version INTEGER NOT NULL)"));
  for (auto step = static_cast<std::size_t>(version); step < kSteps.size(); ++step) {
    TRY(database.execute(kSteps[step]));
    TRY(database.execute(fmt::format("INSERT INTO wend_schema VALUES ({})", step + 1)));
  }
  return transaction.commit();
}

}  // namespace wend::store
