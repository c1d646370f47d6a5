// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "wend/store/sqlite_collections.h"

namespace wend::store {
namespace {

using base::Code;
using base::fail;

/// The database's keys of the queries and models that a few outcomes name.
class KeyFinder {
 public:
  KeyFinder(Statement select, std::int64_t collection)
      : select_(std::move(select)), collection_(collection) {}

  base::Result<std::int64_t> find(std::uint32_t index, const std::string& id) {
    if (const auto known = keys_.find(index); known != keys_.end()) {
      return known->second;
    }
    select_.bind(collection_, id);
    if (!TRY(select_.next())) {
      return fail(Code::kFailedPrecondition, "outcome of '{}': it is not in the collection", id);
    }
    const std::int64_t key = select_.integer(0);
    keys_.emplace(index, key);
    return key;
  }

 private:
  Statement select_;
  std::int64_t collection_;
  std::map<std::uint32_t, std::int64_t> keys_;
};

}  // namespace

base::Status put_outcomes(Database& database,
                          const data::Dataset& dataset,
                          std::span<const core::Outcome> outcomes) {
  const auto collection =
      TRY(database.number("SELECT key FROM datasets WHERE name = ?", dataset.name));
  if (!collection) {
    return fail(Code::kNotFound, "data set '{}': not in the store", dataset.name);
  }
  KeyFinder queries(
      TRY(database.prepare("SELECT key FROM queries WHERE collection = ? AND id = ?")),
      *collection);
  KeyFinder models(TRY(database.prepare("SELECT key FROM models WHERE collection = ? AND id = ?")),
                   *collection);
  Statement scored = TRY(database.prepare(
      "SELECT 1 FROM outcomes WHERE query = ? AND model = ? AND draw = ? AND status = 0"));
  Statement put =
      TRY(database.prepare("INSERT OR REPLACE INTO outcomes VALUES (?,?,?,?,?,?,?,?,?,?)"));
  for (const core::Outcome& o : outcomes) {
    const std::int64_t query = TRY(queries.find(o.query, dataset.queries[o.query].id));
    const std::int64_t model = TRY(models.find(o.model, dataset.models[o.model].id));
    if (o.status == core::OutcomeStatus::kFailed) {
      scored.bind(query, model, o.draw);
      if (TRY(scored.next())) {
        continue;
      }
    }
    TRY(put.run(query,
                model,
                o.draw,
                static_cast<std::int64_t>(o.status),
                o.quality,
                o.input_tokens,
                o.output_tokens,
                o.cost,
                o.latency_s,
                o.extra_json));
  }
  return {};
}

}  // namespace wend::store
