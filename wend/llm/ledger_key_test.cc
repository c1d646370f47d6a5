// SPDX-License-Identifier: Apache-2.0
// The keys of the starter pack were made by another program, in Python: ours must
// be those very keys, or every reply in it would be paid for again.
#include "wend/llm/ledger_key.h"

#include <map>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "wend/base/compression.h"
#include "wend/base/file.h"

namespace wend::llm {
namespace {

using nlohmann::json;

std::string starter(const std::string& file) {
  return std::string(WEND_SOURCE_DIR) + "/starter/" + file;
}

std::map<std::string, std::string> questions() {
  std::map<std::string, std::string> prompts;
  const auto read =
      base::for_each_line(starter("queries.jsonl"), [&](std::string_view line, std::size_t) {
        const json query = json::parse(line);
        prompts[query.at("id")] = query.at("prompt");
        return base::Status{};
      });
  EXPECT_TRUE(read);
  return prompts;
}

std::vector<ChatMessage> asked(const std::string& question) {
  static const std::string kTemplate =
      *base::read_file(std::string(WEND_SOURCE_DIR) + "/prompts/answer.txt");
  static constexpr std::string_view kPlace = "{{question}}";
  std::string text = kTemplate;
  text.replace(text.find(kPlace), kPlace.size(), question);
  return {{"user", text}};
}

TEST(LedgerKey, IsTheStarterPacksOwnForEveryReply) {
  const auto prompts = questions();
  const ChatParameters parameters{.max_tokens = 160, .temperature = 0.0, .seed = {}};
  std::size_t rows = 0;
  std::set<std::string> keys;
  const auto read =
      base::for_each_line(starter("replies.jsonl.zst"), [&](std::string_view line, std::size_t) {
        const json row = json::parse(line);
        const auto messages = asked(prompts.at(row.at("query_id")));
        const std::string model = row.at("model");
        EXPECT_EQ(ledger_key({messages, model, parameters, row.at("draw")}), row.at("id"));
        EXPECT_EQ(prompt_sha256(messages), row.at("prompt_sha256"));
        keys.insert(row.at("id"));
        ++rows;
        return base::Status{};
      });
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_GE(rows, 1500U);
  EXPECT_EQ(keys.size(), rows);
}

// From Python: hashlib.sha256("\0".join([json.dumps(messages, ensure_ascii=False, sort_keys=True,
// separators=(",", ":")), "m", '{"max_tokens":8,"seed":3,"temperature":0.7,"top_p":0.95}',
// "2"]).encode()).hexdigest() of one system and one user message of hostile characters.
TEST(LedgerKey, IsPythonsOnCharactersThatNeedEscapes) {
  const std::vector<ChatMessage> messages = {
      {"system", "a\"b\\c/d\b\f\n\r\t\x01\x1f\x7f"},
      {"user", "caf\xC3\xA9 \xE2\x80\xA8 \xF0\x9F\x98\x80 \xED\x9F\xBF"}};
  const ChatParameters parameters{
      .max_tokens = 8, .temperature = 0.7, .seed = 3, .extra_json = R"( { "top_p" : 0.95 } )"};
  EXPECT_EQ(ledger_key({messages, "m", parameters, 2}),
            "2216b3a95e0608350bbb931f7a1f6ebdb983b5598d15b6e5a1932b6ba41412a2");
}

TEST(LedgerKey, DiffersByEachOfItsParts) {
  const std::vector<ChatMessage> one = {{"user", "x"}};
  const std::vector<ChatMessage> two = {{"user", "x"}, {"user", ""}};
  const ChatParameters cold{.max_tokens = 1, .temperature = 0.0, .seed = {}};
  const ChatParameters warm{.max_tokens = 1, .temperature = 0.5, .seed = {}};
  const std::set<std::string> keys = {ledger_key({one, "a", cold, 0}),
                                      ledger_key({two, "a", cold, 0}),
                                      ledger_key({one, "b", cold, 0}),
                                      ledger_key({one, "a", warm, 0}),
                                      ledger_key({one, "a", cold, 1})};
  EXPECT_EQ(keys.size(), 5U);
}

}  // namespace
}  // namespace wend::llm
