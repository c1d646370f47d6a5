// SPDX-License-Identifier: Apache-2.0
// An import is a comparison: the stored collection is read, every incoming row is looked up in it,
// and only what is new or differs is written. So the same files twice write nothing, and the counts
// are exact. Rows that are stored and not named stay: an import adds and corrects, it never takes
// away what may have been paid for.
#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include <nlohmann/json.hpp>

#include "wend/base/stop.h"
#include "wend/store/sqlite_collections.h"

namespace wend::store {
namespace {

using nlohmann::json;

/// For every item the index of the stored one with its id, where there is one. Both sorted by id.
template <class Item>
std::vector<std::optional<std::size_t>> match_ids(const std::vector<Item>& incoming,
                                                  const std::vector<Item>& stored) {
  std::vector<std::optional<std::size_t>> matches(incoming.size());
  for (std::size_t i = 0, j = 0; i < incoming.size(); ++i) {
    while (j < stored.size() && stored[j].id < incoming[i].id) {
      ++j;
    }
    if (j < stored.size() && stored[j].id == incoming[i].id) {
      matches[i] = j;
    }
  }
  return matches;
}

std::size_t count_unmatched(std::size_t stored,
                            const std::vector<std::optional<std::size_t>>& matches) {
  return stored - static_cast<std::size_t>(std::count_if(
                      matches.begin(), matches.end(), [](const auto& m) { return m.has_value(); }));
}

std::string pools_json(const data::Dataset& dataset) {
  json pools = json::object();
  for (const auto& [name, ids] : dataset.pools) {
    pools[name] = ids;
  }
  return pools.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// One import into one collection.
class CollectionWriter {
 public:
  CollectionWriter(Database& database, const data::Dataset& incoming, StoredCollection stored)
      : database_(database), incoming_(incoming), stored_(std::move(stored)) {}

  base::Result<ImportCounts> write() {
    TRY(write_queries());
    TRY(write_models());
    TRY(write_outcomes());
    TRY(write_labels());
    TRY(write_header());
    return counts_;
  }

 private:
  base::Status write_queries() {
    Statement insert =
        TRY(database_.prepare("INSERT INTO queries (collection, id, dataset, task, context, "
                              "prompt, reference, metric, extra) VALUES (?,?,?,?,?,?,?,?,?)"));
    Statement update =
        TRY(database_.prepare("UPDATE queries SET dataset=?, task=?, context=?, prompt=?, "
                              "reference=?, metric=?, extra=? WHERE key=?"));
    query_matches_ = match_ids(incoming_.queries, stored_.dataset.queries);
    for (std::size_t i = 0; i < incoming_.queries.size(); ++i) {
      const core::QueryRecord& q = incoming_.queries[i];
      if (!query_matches_[i]) {
        TRY(insert.run(stored_.key,
                       q.id,
                       q.dataset,
                       q.task,
                       q.context,
                       q.prompt,
                       q.reference,
                       q.metric,
                       q.extra_json));
        query_keys_.push_back(database_.last_inserted());
        ++counts_.inserted;
        continue;
      }
      query_keys_.push_back(stored_.query_keys[*query_matches_[i]]);
      if (count_as_same(q == stored_.dataset.queries[*query_matches_[i]])) {
        continue;
      }
      TRY(update.run(q.dataset,
                     q.task,
                     q.context,
                     q.prompt,
                     q.reference,
                     q.metric,
                     q.extra_json,
                     query_keys_.back()));
    }
    counts_.kept += count_unmatched(stored_.dataset.queries.size(), query_matches_);
    return {};
  }

  base::Status write_models() {
    Statement insert =
        TRY(database_.prepare("INSERT INTO models (collection, id, params_b, input_price_per_mtok, "
                              "output_price_per_mtok, extra) VALUES (?,?,?,?,?,?)"));
    Statement update =
        TRY(database_.prepare("UPDATE models SET params_b=?, input_price_per_mtok=?, "
                              "output_price_per_mtok=?, extra=? WHERE key=?"));
    model_matches_ = match_ids(incoming_.models, stored_.dataset.models);
    for (std::size_t i = 0; i < incoming_.models.size(); ++i) {
      const core::ModelCard& m = incoming_.models[i];
      if (!model_matches_[i]) {
        TRY(insert.run(stored_.key,
                       m.id,
                       m.params_b,
                       m.input_price_per_mtok,
                       m.output_price_per_mtok,
                       m.extra_json));
        model_keys_.push_back(database_.last_inserted());
        ++counts_.inserted;
        continue;
      }
      model_keys_.push_back(stored_.model_keys[*model_matches_[i]]);
      if (count_as_same(m == stored_.dataset.models[*model_matches_[i]])) {
        continue;
      }
      TRY(update.run(m.params_b,
                     m.input_price_per_mtok,
                     m.output_price_per_mtok,
                     m.extra_json,
                     model_keys_.back()));
    }
    counts_.kept += count_unmatched(stored_.dataset.models.size(), model_matches_);
    return {};
  }

  base::Status write_outcomes() {
    OutcomeWriter writer = TRY(OutcomeWriter::prepare(database_));
    std::size_t matched = 0;
    for (const core::Outcome& o : incoming_.outcomes) {
      TRY(base::check_stop());
      const core::Outcome* const before = find_stored(o);
      matched += before != nullptr ? 1 : 0;
      if (before == nullptr) {
        ++counts_.inserted;
      } else if (count_as_same(is_same(o, *before))) {
        continue;
      }
      TRY(writer.write(query_keys_[o.query], model_keys_[o.model], o));
    }
    counts_.kept += stored_.dataset.outcomes.size() - matched;
    return {};
  }

  /// The stored outcome under the same (query, model, draw), or null.
  const core::Outcome* find_stored(const core::Outcome& outcome) const {
    const auto query = query_matches_[outcome.query];
    const auto model = model_matches_[outcome.model];
    if (!query || !model) {
      return nullptr;
    }
    const std::tuple<std::size_t, std::size_t, std::size_t> wanted(*query, *model, outcome.draw);
    const auto key_of = [](const core::Outcome& o) {
      return std::tuple<std::size_t, std::size_t, std::size_t>(o.query, o.model, o.draw);
    };
    const auto& all = stored_.dataset.outcomes;
    const auto found = std::lower_bound(
        all.begin(), all.end(), wanted, [&](const core::Outcome& o, const auto& key) {
          return key_of(o) < key;
        });
    return found != all.end() && key_of(*found) == wanted ? &*found : nullptr;
  }

  /// Whether two outcomes under one key say the same.
  static bool is_same(const core::Outcome& a, core::Outcome b) {
    b.query = a.query;
    b.model = a.model;
    return a == b;
  }

  /// The labels of a query are replaced as a whole, where the import has any for it.
  base::Status write_labels() {
    Statement clear = TRY(database_.prepare("DELETE FROM task_labels WHERE query = ?"));
    Statement insert = TRY(database_.prepare("INSERT INTO task_labels VALUES (?,?,?)"));
    const auto incoming = labels_by_query(incoming_);
    const auto stored = labels_by_query(stored_.dataset);
    for (std::size_t i = 0; i < incoming.size(); ++i) {
      const auto match = query_matches_[i];
      if (match && (incoming[i].empty() || incoming[i] == stored[*match])) {
        keep_labels(stored[*match]);
        continue;
      }
      counts_.updated += match ? 1 : 0;
      TRY(clear.run(query_keys_[i]));
      for (const auto& [task, weight] : incoming[i]) {
        TRY(insert.run(query_keys_[i], task, static_cast<double>(weight)));
      }
    }
    for (std::size_t j = 0; j < stored.size(); ++j) {
      const std::string& id = stored_.dataset.queries[j].id;
      const auto same = [&](const core::QueryRecord& query) { return query.id < id; };
      const auto found =
          std::partition_point(incoming_.queries.begin(), incoming_.queries.end(), same);
      if (found == incoming_.queries.end() || found->id != id) {
        keep_labels(stored[j]);
      }
    }
    return {};
  }

  using Labels = std::map<std::string, float>;

  static std::vector<Labels> labels_by_query(const data::Dataset& dataset) {
    std::vector<Labels> labels(dataset.queries.size());
    for (const core::TaskLabel& label : dataset.labels) {
      labels[label.query][dataset.taxonomy.nodes()[label.node].id] = label.weight;
    }
    return labels;
  }

  void keep_labels(const Labels& labels) {
    for (const auto& [task, weight] : labels) {
      needed_tasks_.insert(task);
    }
  }

  base::Status write_header() {
    data::Dataset merged;
    merged.taxonomy = TRY(merge_taxonomies());
    merged.pools = stored_.dataset.pools;
    for (const auto& [name, ids] : incoming_.pools) {
      merged.pools[name] = ids;
    }
    if (merged.taxonomy == stored_.dataset.taxonomy && merged.pools == stored_.dataset.pools) {
      return {};
    }
    counts_.updated += is_new_collection() ? 0 : 1;
    Statement update =
        TRY(database_.prepare("UPDATE datasets SET taxonomy = ?, pools = ? WHERE key = ?"));
    return update.run(merged.taxonomy.to_json(), pools_json(merged), stored_.key);
  }

  bool is_new_collection() const {
    return stored_.dataset.queries.empty() && stored_.dataset.models.empty();
  }

  /// The incoming tree, and of the stored one what a label that stays still points to, with its
  /// ancestors.
  base::Result<core::Taxonomy> merge_taxonomies() const {
    const core::Taxonomy& old = stored_.dataset.taxonomy;
    if (incoming_.taxonomy.empty()) {
      return old;
    }
    std::vector<core::TaskNode> nodes = incoming_.taxonomy.nodes();
    std::map<std::string, std::size_t> index;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      index[nodes[i].id] = i;
    }
    for (const std::string& task : needed_tasks_) {
      const std::size_t leaf = *old.find(task);
      std::optional<std::size_t> parent;
      for (std::size_t level = 0; level <= old.nodes()[leaf].level; ++level) {
        core::TaskNode node = old.nodes()[old.ancestor_at(leaf, level)];
        const auto [place, is_new] = index.try_emplace(node.id, nodes.size());
        if (is_new) {
          node.parent = parent;
          nodes.push_back(std::move(node));
        }
        parent = place->second;
      }
    }
    return core::Taxonomy::build(std::move(nodes));
  }

  /// Counts a row that was there before, and hands the answer on.
  bool count_as_same(bool same) {
    ++(same ? counts_.unchanged : counts_.updated);
    return same;
  }

  Database& database_;
  const data::Dataset& incoming_;
  const StoredCollection stored_;
  ImportCounts counts_;
  std::vector<std::optional<std::size_t>> query_matches_;  // Per incoming query, the stored one.
  std::vector<std::optional<std::size_t>> model_matches_;
  std::vector<std::int64_t> query_keys_;  // Per incoming query, its key.
  std::vector<std::int64_t> model_keys_;
  std::set<std::string> needed_tasks_;  // Task types that labels which stay point to.
};

base::Result<StoredCollection> find_or_insert(Database& database, const std::string& name) {
  auto stored = TRY(load_collection(database, name));
  if (stored) {
    return *std::move(stored);
  }
  Statement insert =
      TRY(database.prepare("INSERT INTO datasets (name, taxonomy, pools) VALUES (?, ?, '{}')"));
  TRY(insert.run(name, core::Taxonomy().to_json()));
  StoredCollection fresh;
  fresh.key = database.last_inserted();
  fresh.dataset.name = name;
  return fresh;
}

}  // namespace

base::Result<ImportCounts> put_collection(Database& database, const data::Dataset& incoming) {
  return CollectionWriter(database, incoming, TRY(find_or_insert(database, incoming.name))).write();
}

}  // namespace wend::store
