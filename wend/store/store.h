// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/base/result.h"
#include "wend/data/dataset.h"

namespace wend::store {

/// How an import changed the store, in rows: queries, models, outcomes and replies; a changed
/// taxonomy, set of pools or set of one query's labels counts as one row updated. Nothing inserted
/// and nothing updated: the store is what it was.
struct ImportCounts {
  std::size_t inserted = 0;
  std::size_t updated = 0;
  std::size_t unchanged = 0;
  /// Rows of this collection that were there before and that the import did not name; they stay.
  std::size_t kept = 0;
};

/// One paid call as it was answered: a row of replies.jsonl under its key.
struct ReplyRow {
  std::string id;
  std::string json;
};

/// One request that the proxy decided and answered (docs/formats/decision_record.md).
struct DecisionRow {
  std::string id;
  std::string owner;  ///< Whose key it came with, as a fingerprint; empty where keys are not used.
  double time = 0;    ///< Seconds since 1970.
  std::string json;   ///< The record.
};

/// Where collections, cached vectors, replies and decisions are kept. One writer; safe
/// to read from other processes.
class Store {
 public:
  virtual ~Store() = default;

  /// Puts a whole collection, and replies into the ledger, in one transaction: all of it or
  /// nothing. Rows that are there already are compared and counted; a task type that vanished stays
  /// while a label of a kept query points to it.
  virtual base::Result<ImportCounts> put_import(const data::Dataset& dataset,
                                                std::span<const ReplyRow> replies) = 0;

  base::Result<ImportCounts> put_dataset(const data::Dataset& dataset) {
    return put_import(dataset, {});
  }

  /// Takes the stored queries with the ids `gone` away, with their labels and outcomes, and then
  /// puts the collection, in one transaction. Replies stay. An id that is not there is passed over.
  virtual base::Result<ImportCounts> replace_queries(const data::Dataset& dataset,
                                                     std::span<const std::string> gone) = 0;

  /// An unknown name is an error with a suggestion and the way to import.
  virtual base::Result<data::Dataset> load_dataset(std::string_view name) = 0;
  virtual base::Result<std::vector<std::string>> dataset_names() = 0;

  /// Writes outcomes of a stored collection in one transaction, each in the place of the one with
  /// its (query, model, draw). Their indices point into `dataset`, whose name, queries and models
  /// must be the store's. A failed call takes no scored outcome's place: missing data is no
  /// correction.
  virtual base::Status put_outcomes(const data::Dataset& dataset,
                                    std::span<const core::Outcome> outcomes) = 0;

  /// Replaces the task types and the labels of a stored collection, of all its queries, by those of
  /// `dataset`, which names it, in one transaction. A query without a label there has none then.
  virtual base::Status put_tasks(const data::Dataset& dataset) = 0;

  /// The row of a reply, or nothing where that call has not been made.
  virtual base::Result<std::optional<std::string>> find_reply(std::string_view id) = 0;

  /// Cached vectors by (SHA-256 of the text, encoder version). Row i of the result is the vector of
  /// hashes[i]; found[i] says whether it was there. Where none is, vectors is empty.
  struct CachedVectors {
    base::Matrix vectors;
    std::vector<bool> found;
  };

  virtual base::Result<CachedVectors> find_vectors(std::string_view encoder_version,
                                                   const std::vector<std::string>& text_hashes) = 0;
  virtual base::Status put_vectors(std::string_view encoder_version,
                                   const std::vector<std::string>& text_hashes,
                                   const base::Matrix& vectors) = 0;

  /// Puts records in one transaction; one whose id is there already replaces it.
  virtual base::Status put_decisions(std::span<const DecisionRow> rows) = 0;
  virtual base::Result<std::optional<DecisionRow>> find_decision(std::string_view id) = 0;

  /// Keeps how the collection of that name was synthesised (docs/formats/synthesis.md), in the
  /// place of what was kept before. The collection need not be there yet.
  virtual base::Status put_synthesis(std::string_view name, std::string_view record_json) = 0;
  /// Nothing where it was not synthesised.
  virtual base::Result<std::optional<std::string>> find_synthesis(std::string_view name) = 0;
};

/// Opens (and where needed migrates) the SQLite file at `path`. A file that is not there, of
/// another kind, of another program or of a newer Wend is refused in one sentence.
base::Result<std::unique_ptr<Store>> open_store(const std::string& path);

/// The same, and makes the file where it is not there.
base::Result<std::unique_ptr<Store>> open_or_make_store(const std::string& path);

}  // namespace wend::store
