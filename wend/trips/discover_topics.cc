// SPDX-License-Identifier: Apache-2.0
#include <map>

#include <nlohmann/json.hpp>

#include "wend/trips/discover.h"

namespace wend::trips {
namespace {

/// What a query says in a field; empty where it says nothing.
std::string topic_of(const core::QueryRecord& query, const std::string& field) {
  if (field == "dataset") {
    return query.dataset;
  }
  if (field == "task") {
    return query.task;
  }
  const nlohmann::json extra = nlohmann::json::parse(query.extra_json);
  const auto value = extra.find(field);
  if (value == extra.end() || value->is_null()) {
    return {};
  }
  return value->is_string() ? value->get<std::string>() : value->dump();
}

}  // namespace

base::Result<KnownTopics> known_topics(const std::string& field,
                                       const data::OutcomeTable& table,
                                       const std::vector<std::vector<std::uint32_t>>& table_rows) {
  KnownTopics known{field, 0, {}};
  std::map<std::string, std::int32_t> number;
  for (const std::vector<std::uint32_t>& rows : table_rows) {
    const std::string topic = topic_of(table.queries[rows.front()], field);
    known.topic.push_back(topic.empty() ? -1 : number.emplace(topic, number.size()).first->second);
  }
  known.count = number.size();
  if (known.count == 0) {
    return base::fail(base::Code::kInvalidArgument,
                      "--compare {}: no query has that field; expected dataset, task or another "
                      "key of queries.jsonl",
                      field);
  }
  return known;
}

}  // namespace wend::trips
