// SPDX-License-Identifier: Apache-2.0
// The replies of the starter pack, as three real models gave them, score as its outcomes say.
#include <map>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "wend/base/compression.h"
#include "wend/label/match_answer.h"

namespace wend::label {
namespace {

using nlohmann::json;

std::vector<json> rows_of(const std::string& name) {
  std::vector<json> rows;
  const auto read = base::for_each_line(WEND_SOURCE_DIR "/starter/" + name,
                                        [&](std::string_view line, std::size_t) -> base::Status {
                                          rows.push_back(json::parse(line));
                                          return {};
                                        });
  EXPECT_TRUE(read) << read.error().message;
  return rows;
}

TEST(StarterOutcomes, AreWhatTheirRepliesScore) {
  std::map<std::string, core::QueryRecord> queries;
  for (const json& row : rows_of("queries.jsonl")) {
    core::QueryRecord query;
    query.id = row["id"];
    query.prompt = row["prompt"];
    query.reference = row["reference"];
    query.metric = row["metric"];
    EXPECT_TRUE(check_scorable(query)) << query.id;
    EXPECT_EQ(match_answer(query, "Answer: " + query.reference), 1) << query.id;
    queries[query.id] = query;
  }
  std::map<std::string, std::string> replies;
  for (const json& row : rows_of("replies.jsonl.zst")) {
    replies[row["id"]] = row["reply"];
  }
  std::size_t cells = 0;
  for (const json& row : rows_of("outcomes.jsonl")) {
    const core::QueryRecord& query = queries.at(row["query_id"]);
    const std::string& reply = replies.at(row["reply_id"]);
    EXPECT_EQ(static_cast<float>(match_answer(query, reply)), row["quality"].get<float>())
        << query.id << ", reference " << query.reference << "\n"
        << reply;
    ++cells;
  }
  EXPECT_GE(cells, 3408U);
}

}  // namespace
}  // namespace wend::label
