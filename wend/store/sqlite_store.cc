// SPDX-License-Identifier: Apache-2.0
// The store on SQLite: this file says what is one transaction; the layout is in sqlite_schema, the
// rows in sqlite_load, sqlite_put and sqlite_vectors.
#include <algorithm>
#include <utility>

#include "wend/base/suggest.h"
#include "wend/store/sqlite_collections.h"
#include "wend/store/sqlite_database.h"
#include "wend/store/sqlite_schema.h"
#include "wend/store/sqlite_vectors.h"
#include "wend/store/store.h"

namespace wend::store {
namespace {

using base::Code;
using base::fail;

base::Status put_replies(Database& database,
                         std::span<const ReplyRow> replies,
                         ImportCounts& counts) {
  Statement select = TRY(database.prepare("SELECT row FROM replies WHERE id = ?"));
  Statement put = TRY(database.prepare("INSERT OR REPLACE INTO replies VALUES (?, ?)"));
  for (const ReplyRow& reply : replies) {
    select.bind(reply.id);
    const bool known = TRY(select.next());
    const bool same = known && select.text(0) == reply.json;
    ++(same ? counts.unchanged : known ? counts.updated : counts.inserted);
    if (!same) {
      TRY(put.run(reply.id, reply.json));
    }
  }
  return {};
}

class SqliteStore final : public Store {
 public:
  explicit SqliteStore(std::unique_ptr<Database> database) : database_(std::move(database)) {}

  base::Result<ImportCounts> put_import(const data::Dataset& dataset,
                                        std::span<const ReplyRow> replies) override {
    data::Dataset ordered = dataset;
    data::order_by_ids(ordered);
    Transaction transaction = TRY(Transaction::begin(*database_));
    ImportCounts counts = TRY(put_collection(*database_, ordered));
    TRY(put_replies(*database_, replies, counts));
    TRY(transaction.commit());
    return counts;
  }

  base::Result<ImportCounts> replace_queries(const data::Dataset& dataset,
                                             std::span<const std::string> gone) override {
    data::Dataset ordered = dataset;
    data::order_by_ids(ordered);
    Transaction transaction = TRY(Transaction::begin(*database_));
    TRY(drop_queries(*database_, ordered.name, gone));
    ImportCounts counts = TRY(put_collection(*database_, ordered));
    TRY(transaction.commit());
    return counts;
  }

  base::Result<data::Dataset> load_dataset(std::string_view name) override {
    const Transaction snapshot = TRY(Transaction::begin(*database_, Access::kRead));
    auto collection = TRY(load_collection(*database_, name));
    if (!collection) {
      return unknown_dataset(name);
    }
    return std::move(collection->dataset);
  }

  base::Result<std::vector<std::string>> dataset_names() override {
    std::vector<std::string> names;
    Statement row = TRY(database_->prepare("SELECT name FROM datasets ORDER BY name"));
    row.bind();
    while (TRY(row.next())) {
      names.push_back(row.string(0));
    }
    return names;
  }

  base::Status put_outcomes(const data::Dataset& dataset,
                            std::span<const core::Outcome> outcomes) override {
    Transaction transaction = TRY(Transaction::begin(*database_));
    TRY(store::put_outcomes(*database_, dataset, outcomes));
    return transaction.commit();
  }

  base::Status put_tasks(const data::Dataset& dataset) override {
    Transaction transaction = TRY(Transaction::begin(*database_));
    TRY(store::put_tasks(*database_, dataset));
    return transaction.commit();
  }

  base::Result<std::optional<std::string>> find_reply(std::string_view id) override {
    Statement row = TRY(database_->prepare("SELECT row FROM replies WHERE id = ?"));
    row.bind(id);
    const bool found = TRY(row.next());
    return found ? std::optional(row.string(0)) : std::nullopt;
  }

  base::Result<CachedVectors> find_vectors(std::string_view encoder_version,
                                           const std::vector<std::string>& text_hashes) override {
    return store::find_vectors(*database_, encoder_version, text_hashes);
  }

  base::Status put_vectors(std::string_view encoder_version,
                           const std::vector<std::string>& text_hashes,
                           const base::Matrix& vectors) override {
    Transaction transaction = TRY(Transaction::begin(*database_));
    TRY(store::put_vectors(*database_, encoder_version, text_hashes, vectors));
    return transaction.commit();
  }

  base::Status put_decisions(std::span<const DecisionRow> rows) override {
    Transaction transaction = TRY(Transaction::begin(*database_));
    Statement put = TRY(database_->prepare("INSERT OR REPLACE INTO decisions VALUES (?, ?, ?, ?)"));
    for (const DecisionRow& row : rows) {
      TRY(put.run(row.id, row.owner, row.time, row.json));
    }
    return transaction.commit();
  }

  base::Result<std::optional<DecisionRow>> find_decision(std::string_view id) override {
    Statement row =
        TRY(database_->prepare("SELECT owner, time, record FROM decisions WHERE id = ?"));
    row.bind(id);
    if (!TRY(row.next())) {
      return std::nullopt;
    }
    return DecisionRow{std::string(id), row.string(0), row.real(1), row.string(2)};
  }

  base::Status put_synthesis(std::string_view name, std::string_view record_json) override {
    Transaction transaction = TRY(Transaction::begin(*database_));
    Statement put = TRY(database_->prepare("INSERT OR REPLACE INTO syntheses VALUES (?, ?)"));
    TRY(put.run(name, record_json));
    return transaction.commit();
  }

  base::Result<std::optional<std::string>> find_synthesis(std::string_view name) override {
    Statement row = TRY(database_->prepare("SELECT record FROM syntheses WHERE name = ?"));
    row.bind(name);
    const bool found = TRY(row.next());
    return found ? std::optional(row.string(0)) : std::nullopt;
  }

 private:
  base::Result<data::Dataset> unknown_dataset(std::string_view name) {
    const std::vector<std::string> names = TRY(dataset_names());
    return fail(Code::kNotFound,
                "data set '{}': not in the store '{}'{}; `wend import DIR --name {}` puts it there",
                name,
                database_->path(),
                names.empty() ? ", which is empty" : base::did_you_mean(name, names),
                name);
  }

  std::unique_ptr<Database> database_;
};

base::Result<std::unique_ptr<Store>> open(const std::string& path, WhereMissing where_missing) {
  if (path.starts_with("postgres://") || path.starts_with("postgresql://")) {
    return fail(Code::kUnimplemented,
                "store '{}': this version keeps its store in SQLite; expected a file name such as "
                "wend.db",
                path);
  }
  std::unique_ptr<Database> database = TRY(Database::open(path, where_missing));
  TRY(migrate(*database));
  return std::make_unique<SqliteStore>(std::move(database));
}

}  // namespace

base::Result<std::unique_ptr<Store>> open_store(const std::string& path) {
  return open(path, WhereMissing::kRefuse);
}

base::Result<std::unique_ptr<Store>> open_or_make_store(const std::string& path) {
  return open(path, WhereMissing::kMake);
}

}  // namespace wend::store
