// SPDX-License-Identifier: Apache-2.0
#include "wend/store/sqlite_collections.h"

namespace wend::store {

using base::Code;
using base::fail;

base::Status put_tasks(Database& database, const data::Dataset& dataset) {
  const auto collection =
      TRY(database.number("SELECT key FROM datasets WHERE name = ?", dataset.name));
  if (!collection) {
    return fail(Code::kNotFound, "data set '{}': not in the store", dataset.name);
  }
  Statement set = TRY(database.prepare("UPDATE datasets SET taxonomy = ? WHERE key = ?"));
  TRY(set.run(dataset.taxonomy.to_json(), *collection));
  Statement clear = TRY(database.prepare(
      "DELETE FROM task_labels WHERE query IN (SELECT key FROM queries WHERE collection = ?)"));
  TRY(clear.run(*collection));
  Statement put = TRY(database.prepare(
      "INSERT INTO task_labels SELECT key, ?, ? FROM queries WHERE collection = ? AND id = ?"));
  for (const core::TaskLabel& label : dataset.labels) {
    TRY(put.run(dataset.taxonomy.nodes()[label.node].id,
                static_cast<double>(label.weight),
                *collection,
                dataset.queries[label.query].id));
  }
  return {};
}

}  // namespace wend::store
