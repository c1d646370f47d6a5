// SPDX-License-Identifier: Apache-2.0
#include <unordered_map>
#include <utility>

#include <nlohmann/json.hpp>

#include "wend/store/sqlite_collections.h"

namespace wend::store {
namespace {

using base::Code;
using base::fail;
using nlohmann::json;

/// From the database's key of a row to its index.
using Index = std::unordered_map<std::int64_t, std::uint32_t>;

Index index_of(const std::vector<std::int64_t>& keys) {
  Index index;
  index.reserve(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    index.emplace(keys[i], static_cast<std::uint32_t>(i));
  }
  return index;
}

template <class T>
std::optional<T> optional_number(const Statement& row, int column) {
  return row.is_null(column) ? std::nullopt : std::optional(static_cast<T>(row.real(column)));
}

base::Status load_queries(Database& database, StoredCollection& into) {
  Statement row =
      TRY(database.prepare("SELECT key, id, dataset, task, context, prompt, reference, metric, "
                           "extra FROM queries WHERE collection = ? ORDER BY id"));
  row.bind(into.key);
  while (TRY(row.next())) {
    into.query_keys.push_back(row.integer(0));
    into.dataset.queries.push_back({row.string(1),
                                    row.string(2),
                                    row.string(3),
                                    row.string(4),
                                    row.string(5),
                                    row.string(6),
                                    row.string(7),
                                    row.string(8)});
  }
  return {};
}

base::Status load_models(Database& database, StoredCollection& into) {
  Statement row =
      TRY(database.prepare("SELECT key, id, params_b, input_price_per_mtok, output_price_per_mtok, "
                           "extra FROM models WHERE collection = ? ORDER BY id"));
  row.bind(into.key);
  while (TRY(row.next())) {
    into.model_keys.push_back(row.integer(0));
    into.dataset.models.push_back({row.string(1),
                                   row.optional_real(2),
                                   row.optional_real(3),
                                   row.optional_real(4),
                                   row.string(5)});
  }
  return {};
}

core::Outcome read_outcome(const Statement& row, std::uint32_t query, std::uint32_t model) {
  core::Outcome outcome;
  outcome.query = query;
  outcome.model = model;
  outcome.draw = static_cast<std::uint32_t>(row.integer(2));
  outcome.status = static_cast<core::OutcomeStatus>(row.integer(3));
  outcome.quality = optional_number<float>(row, 4);
  outcome.input_tokens = optional_number<std::uint32_t>(row, 5);
  outcome.output_tokens = optional_number<std::uint32_t>(row, 6);
  outcome.cost = optional_number<double>(row, 7);
  outcome.latency_s = optional_number<float>(row, 8);
  outcome.extra_json = row.string(9);
  return outcome;
}

base::Status load_outcomes(Database& database, StoredCollection& into) {
  const Index query_of = index_of(into.query_keys);
  const Index model_of = index_of(into.model_keys);
  Statement row = TRY(
      database.prepare("SELECT o.query, o.model, draw, status, quality, input_tokens, "
                       "output_tokens, cost, latency_s, o.extra "
                       "FROM queries q JOIN outcomes o ON o.query = q.key WHERE q.collection = ?"));
  row.bind(into.key);
  while (TRY(row.next())) {
    const auto query = query_of.find(row.integer(0));
    const auto model = model_of.find(row.integer(1));
    if (query == query_of.end() || model == model_of.end()) {
      return fail(Code::kDataLoss,
                  "store '{}': an outcome of '{}' names a model of another collection",
                  database.path(),
                  into.dataset.name);
    }
    into.dataset.outcomes.push_back(read_outcome(row, query->second, model->second));
  }
  return {};
}

base::Status load_labels(Database& database, StoredCollection& into) {
  const Index query_of = index_of(into.query_keys);
  Statement row =
      TRY(database.prepare("SELECT l.query, l.task, l.weight FROM queries q JOIN task_labels l ON "
                           "l.query = q.key WHERE q.collection = ?"));
  row.bind(into.key);
  while (TRY(row.next())) {
    const auto node = into.dataset.taxonomy.find(row.text(1));
    if (!node) {
      return fail(Code::kDataLoss,
                  "store '{}': a label of '{}' names the unknown task type '{}'",
                  database.path(),
                  into.dataset.name,
                  row.text(1));
    }
    into.dataset.labels.push_back({query_of.at(row.integer(0)),
                                   static_cast<std::uint32_t>(*node),
                                   static_cast<float>(row.real(2))});
  }
  return {};
}

base::Status load_header(Database& database, const Statement& row, StoredCollection& into) {
  const std::string place =
      fmt::format("store '{}': collection '{}'", database.path(), into.dataset.name);
  into.key = row.integer(0);
  base::Result<core::Taxonomy> taxonomy = core::Taxonomy::parse(row.text(1));
  if (!taxonomy) {
    return base::pass_on(std::move(taxonomy), place);
  }
  into.dataset.taxonomy = *std::move(taxonomy);
  const json pools = json::parse(row.text(2), nullptr, false);
  if (!pools.is_object()) {
    return fail(Code::kDataLoss, "{}: its pools are damaged", place);
  }
  for (const auto& [name, ids] : pools.items()) {
    for (const json& id : ids) {
      into.dataset.pools[name].push_back(id.is_string() ? id.get<std::string>() : id.dump());
    }
  }
  return {};
}

}  // namespace

base::Result<std::optional<StoredCollection>> load_collection(Database& database,
                                                              std::string_view name) {
  Statement row = TRY(database.prepare("SELECT key, taxonomy, pools FROM datasets WHERE name = ?"));
  row.bind(name);
  if (!TRY(row.next())) {
    return std::nullopt;
  }
  StoredCollection collection;
  collection.dataset.name = name;
  TRY(load_header(database, row, collection));
  TRY(load_queries(database, collection));
  TRY(load_models(database, collection));
  TRY(load_outcomes(database, collection));
  TRY(load_labels(database, collection));
  // Outcomes and labels come in the order of keys, which after a second import is no longer that of
  // ids.
  data::order_by_ids(collection.dataset);
  return collection;
}

}  // namespace wend::store
