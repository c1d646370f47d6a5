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

base::Result<OutcomeWriter> OutcomeWriter::prepare(Database& database) {
  return OutcomeWriter(
      TRY(database.prepare("INSERT OR REPLACE INTO outcomes VALUES (?,?,?,?,?,?,?,?,?,?)")));
}

base::Status OutcomeWriter::write(std::int64_t query_key,
                                  std::int64_t model_key,
                                  const core::Outcome& outcome) {
  return put_.run(query_key,
                  model_key,
                  outcome.draw,
                  static_cast<std::int64_t>(outcome.status),
                  outcome.quality,
                  outcome.input_tokens,
                  outcome.output_tokens,
                  outcome.cost,
                  outcome.latency_s,
                  outcome.extra_json);
}

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
  OutcomeWriter writer = TRY(OutcomeWriter::prepare(database));
  for (const core::Outcome& o : outcomes) {
    const std::int64_t query = TRY(queries.find(o.query, dataset.queries[o.query].id));
    const std::int64_t model = TRY(models.find(o.model, dataset.models[o.model].id));
    if (o.status == core::OutcomeStatus::kFailed) {
      scored.bind(query, model, o.draw);
      if (TRY(scored.next())) {
        continue;
      }
    }
    TRY(writer.write(query, model, o));
  }
  return {};
}

}  // namespace wend::store
