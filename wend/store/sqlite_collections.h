// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "wend/base/result.h"
#include "wend/data/dataset.h"
#include "wend/store/sqlite_database.h"
#include "wend/store/store.h"

namespace wend::store {

/// A collection with the database's keys of its rows beside it.
struct StoredCollection {
  std::int64_t key = 0;
  data::Dataset dataset;                 ///< In the order of ids.
  std::vector<std::int64_t> query_keys;  ///< Parallel to dataset.queries.
  std::vector<std::int64_t> model_keys;  ///< Parallel to dataset.models.
};

/// Nothing where no collection has that name.
base::Result<std::optional<StoredCollection>> load_collection(Database& database,
                                                              std::string_view name);

/// Writes what differs from what is stored. Needs a transaction around it, and an incoming data set
/// in the order of ids.
base::Result<ImportCounts> put_collection(Database& database, const data::Dataset& incoming);

/// Takes queries of a collection away, with their labels and outcomes. Needs a transaction around
/// it. A collection or an id that is not there is passed over.
base::Status drop_queries(Database& database,
                          std::string_view collection,
                          std::span<const std::string> ids);

/// Writes rows of the table `outcomes`, in the place of what stood under the same key.
class OutcomeWriter {
 public:
  static base::Result<OutcomeWriter> prepare(Database& database);

  base::Status write(std::int64_t query_key, std::int64_t model_key, const core::Outcome& outcome);

 private:
  explicit OutcomeWriter(Statement put) : put_(std::move(put)) {}

  Statement put_;
};

/// Store::put_outcomes. Needs a transaction around it.
base::Status put_outcomes(Database& database,
                          const data::Dataset& dataset,
                          std::span<const core::Outcome> outcomes);

/// Store::put_tasks. Needs a transaction around it.
base::Status put_tasks(Database& database, const data::Dataset& dataset);

}  // namespace wend::store
