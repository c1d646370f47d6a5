// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "wend/store/sqlite_collections.h"

namespace wend::store {

base::Status drop_queries(Database& database,
                          std::string_view collection,
                          std::span<const std::string> ids) {
  // What points to a query goes before it.
  constexpr std::array<std::string_view, 3> kDrops = {
      "DELETE FROM outcomes WHERE query = ?",
      "DELETE FROM task_labels WHERE query = ?",
      "DELETE FROM queries WHERE key = ?",
  };
  constexpr std::string_view kFind =
      "SELECT q.key FROM queries q JOIN datasets d ON d.key = q.collection WHERE d.name = ? AND "
      "q.id = ?";
  for (const std::string& id : ids) {
    const auto key = TRY(database.number(kFind, collection, id));
    if (!key) {
      continue;
    }
    for (const std::string_view sql : kDrops) {
      Statement drop = TRY(database.prepare(sql));
      TRY(drop.run(*key));
    }
  }
  return {};
}

}  // namespace wend::store
