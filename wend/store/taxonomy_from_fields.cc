// SPDX-License-Identifier: Apache-2.0
#include "wend/store/taxonomy_from_fields.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "wend/base/suggest.h"

namespace wend::store {
namespace {

using base::Code;
using base::fail;
using nlohmann::json;

constexpr const char* kUnspecified = "unspecified";

/// A query's values, domain first.
using Path = std::vector<std::string>;

std::string text_of(const json& value) {
  if (value.is_null()) {
    return {};
  }
  return value.is_string() ? value.get<std::string>() : value.dump();
}

/// The value of a field; empty where the query has none.
std::string value_of(const core::QueryRecord& query, const json& extra, const std::string& field) {
  if (field == "dataset") {
    return query.dataset;
  }
  if (field == "task") {
    return query.task;
  }
  if (field == "metric") {
    return query.metric;
  }
  const auto found = extra.find(field);
  return found == extra.end() ? std::string() : text_of(*found);
}

std::vector<std::string> known_fields(const data::Dataset& dataset) {
  std::set<std::string> names = {"dataset", "task", "metric"};
  for (const core::QueryRecord& query : dataset.queries) {
    const json extra = json::parse(query.extra_json, nullptr, false);
    for (const auto& [key, value] : extra.items()) {
      names.insert(key);
    }
  }
  return {names.begin(), names.end()};
}

base::Status unknown_field(const data::Dataset& dataset, const std::string& field) {
  const std::vector<std::string> known = known_fields(dataset);
  return fail(Code::kInvalidArgument,
              "--taxonomy: no query has the field '{}'{}; the fields are {}",
              field,
              base::did_you_mean(field, known),
              fmt::join(known, ", "));
}

/// The path of every query; fails where a field is empty throughout.
base::Result<std::vector<Path>> paths_of(const data::Dataset& dataset,
                                         const std::vector<std::string>& fields) {
  std::vector<Path> paths;
  std::vector<bool> is_used(fields.size(), false);
  for (const core::QueryRecord& query : dataset.queries) {
    const json extra = json::parse(query.extra_json, nullptr, false);
    Path path;
    for (std::size_t level = 0; level < fields.size(); ++level) {
      std::string value = value_of(query, extra, fields[level]);
      is_used[level] = is_used[level] || !value.empty();
      path.push_back(value.empty() ? kUnspecified : std::move(value));
    }
    paths.push_back(std::move(path));
  }
  for (std::size_t level = 0; level < fields.size(); ++level) {
    const bool is_own_key = fields[level] == "task" || fields[level] == "dataset";
    if (!is_used[level] && !is_own_key) {
      TRY(unknown_field(dataset, fields[level]));
    }
  }
  return paths;
}

/// "social:mmlu_pro/business"; a colon within a value is written %3A, so that no two paths share an
/// id.
std::string id_of(const Path& path) {
  std::string id;
  for (const std::string& value : path) {
    id += id.empty() ? "" : ":";
    for (const char c : value) {
      if (c == ':' || c == '%') {
        id += c == ':' ? "%3A" : "%25";
      } else {
        id += c;
      }
    }
  }
  return id;
}

/// Every path and all that lead to it, each with its node, in order: a shorter path stands before
/// those it leads to.
std::pair<std::vector<core::TaskNode>, std::map<Path, std::size_t>> nodes_of(
    const std::vector<Path>& paths) {
  std::map<Path, std::size_t> index;
  for (const Path& path : paths) {
    for (std::size_t length = 1; length <= path.size(); ++length) {
      index.emplace(Path(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(length)), 0);
    }
  }
  std::vector<core::TaskNode> nodes;
  for (auto& [path, position] : index) {
    position = nodes.size();
    core::TaskNode node;
    node.id = id_of(path);
    node.name = path.back();
    if (path.size() > 1) {
      node.parent = index.at(Path(path.begin(), path.end() - 1));
    }
    nodes.push_back(std::move(node));
  }
  return {std::move(nodes), std::move(index)};
}

}  // namespace

base::Status build_taxonomy_from_fields(data::Dataset& dataset,
                                        const std::vector<std::string>& fields) {
  if (fields.empty() || fields.size() > core::Taxonomy::kMaxLevels) {
    return fail(Code::kInvalidArgument,
                "--taxonomy: expected 1 to {} fields, found {}",
                core::Taxonomy::kMaxLevels,
                fields.size());
  }
  for (auto field = fields.begin(); field != fields.end(); ++field) {
    if (std::find(fields.begin(), field, *field) != field) {
      return fail(Code::kInvalidArgument,
                  "--taxonomy: the field '{}' stands twice, expected a field of its own for each "
                  "level",
                  *field);
    }
  }
  const std::vector<Path> paths = TRY(paths_of(dataset, fields));
  auto [nodes, index] = nodes_of(paths);
  dataset.taxonomy = TRY(core::Taxonomy::build(std::move(nodes)));
  dataset.labels.clear();
  for (std::size_t query = 0; query < paths.size(); ++query) {
    dataset.labels.push_back({static_cast<std::uint32_t>(query),
                              static_cast<std::uint32_t>(index.at(paths[query])),
                              1.0F});
  }
  return {};
}

}  // namespace wend::store
