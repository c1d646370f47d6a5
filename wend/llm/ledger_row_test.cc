// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/ledger_row.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wend::llm {
namespace {

LedgerRow sample() {
  LedgerRow row;
  row.key = "9f3c";
  row.query_id = "q1";
  row.prompt_sha256 = "6c26";
  row.model = "small";
  row.parameters_json = R"({"max_tokens":160,"temperature":0})";
  row.draw = 2;
  row.reply = {"Ja, \"gewiß\"\n", "length", {89, 7, {}}};
  row.cost = 2.34e-06;
  row.latency_s = 5.24;
  return row;
}

TEST(LedgerRow, IsALineInTheOrderOfItsKeys) {
  EXPECT_EQ(to_json_line(sample()),
            R"({"id":"9f3c","query_id":"q1","prompt_sha256":"6c26","model":"small",)"
            R"("parameters":{"max_tokens":160,"temperature":0},"draw":2,)"
            R"("reply":"Ja, \"gewiß\"\n","finish_reason":"length","input_tokens":89,)"
            R"("output_tokens":7,"cost":2.34e-06,"latency_s":5.24})");
}

TEST(LedgerRow, ComesBackAsItWas) {
  LedgerRow row = sample();
  row.reply.usage.cached_tokens = 12;
  const auto back = parse_ledger_row(to_json_line(row));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(to_json_line(*back), to_json_line(row));
}

TEST(LedgerRow, LeavesOutWhatIsNotKnown) {
  LedgerRow row = sample();
  row.query_id.clear();
  row.reply.usage = {};
  row.cost.reset();
  const std::string line = to_json_line(row);
  EXPECT_THAT(line, ::testing::HasSubstr(R"("input_tokens":null)"));
  EXPECT_THAT(line, ::testing::HasSubstr(R"("cost":null)"));
  EXPECT_THAT(line, ::testing::Not(::testing::HasSubstr("query_id")));
  EXPECT_TRUE(parse_ledger_row(line)->reply.usage.empty());
}

TEST(LedgerRow, ReadsRowsOfOthersAndRefusesWhatHoldsNoReply) {
  const auto row = parse_ledger_row(R"({"id":"k","reply":"","more":[1],"input_tokens":1.5})");
  ASSERT_TRUE(row);
  EXPECT_FALSE(row->reply.usage.prompt_tokens);
  for (const char* line : {"",
                           "[]",
                           R"({"id":"k"})",
                           R"({"reply":"x"})",
                           R"({"id":1,"reply":"x"})",
                           R"({"id":"k","reply":null})"}) {
    EXPECT_FALSE(parse_ledger_row(line)) << line;
  }
}

}  // namespace
}  // namespace wend::llm
