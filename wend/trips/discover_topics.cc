// SPDX-License-Identifier: Apache-2.0
#include <map>

#include <nlohmann/json.hpp>

#include "wend/discover/agreement.h"

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

base::Result<TopicAgreement> compare_with_topics(const std::string& field,
                                                 const data::OutcomeTable& table,
                                                 const TaskDiscovery& discovery) {
  TopicAgreement agreement{field};
  std::map<std::string, std::uint32_t> number;
  std::vector<std::uint32_t> topics;
  std::vector<std::uint32_t> tasks;
  for (std::size_t prompt = 0; prompt < discovery.table_rows.size(); ++prompt) {
    const std::string topic = topic_of(table.queries[discovery.table_rows[prompt].front()], field);
    const std::int32_t task = discovery.found.discovered.task[prompt];
    if (!topic.empty() && task != discover::Communities::kNoTask) {
      topics.push_back(number.emplace(topic, number.size()).first->second);
      tasks.push_back(static_cast<std::uint32_t>(task));
    }
  }
  if (topics.empty()) {
    return base::fail(base::Code::kInvalidArgument,
                      "--compare {}: no query with a task has that field; expected dataset, task "
                      "or another key of queries.jsonl",
                      field);
  }
  agreement.prompts = topics.size();
  agreement.topics = number.size();
  agreement.nmi = discover::normalised_mutual_information(tasks, topics);
  agreement.ari = discover::adjusted_rand_index(tasks, topics);
  return agreement;
}

}  // namespace wend::trips
