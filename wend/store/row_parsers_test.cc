// SPDX-License-Identifier: Apache-2.0
#include "wend/store/row_parsers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wend::store {
namespace {

using ::testing::HasSubstr;

std::string reason_of(std::string_view line) {
  const auto row = parse_outcome_row(line);
  return row ? "good" : row.error().reason;
}

/// An outcome row with its quality and what follows.
std::string outcome(std::string_view rest) {
  return R"({"query_id":"q","model":"m","quality":)" + std::string(rest) + "}";
}

TEST(OutcomeRow, ReadsEveryField) {
  const auto row = parse_outcome_row(
      R"({"query_id":"q-1","model":"m","quality":0.5,"input_tokens":12,"output_tokens":0,"cost":1.5e-05,"draw":3,)"
      R"("latency_s":1.25,"status":"ok","reply_id":"r7","scores":{"judge":0.5}})");
  ASSERT_TRUE(row) << row.error().detail;
  EXPECT_EQ(row->query_id, "q-1");
  EXPECT_EQ(row->outcome.draw, 3U);
  EXPECT_EQ(row->outcome.quality, 0.5F);
  EXPECT_EQ(row->outcome.output_tokens, 0U);
  EXPECT_EQ(row->outcome.cost, 1.5e-05);
  EXPECT_EQ(row->outcome.latency_s, 1.25F);
  EXPECT_EQ(row->outcome.extra_json, R"({"reply_id":"r7","scores":{"judge":0.5}})");
}

TEST(OutcomeRow, LeavesMissingNumbersMissing) {
  const auto row = parse_outcome_row(outcome("1,\"cost\":null,\"input_tokens\":null"));
  ASSERT_TRUE(row);
  EXPECT_FALSE(row->outcome.cost || row->outcome.input_tokens || row->outcome.output_tokens ||
               row->outcome.latency_s);
  EXPECT_EQ(row->outcome.extra_json, "");
}

TEST(OutcomeRow, NeverTakesTheNumberBesideAFailureForAMeasurement) {
  for (const char* status : {"failed", "unscored"}) {
    const auto row = parse_outcome_row(outcome(fmt::format("0,\"status\":\"{}\"", status)));
    ASSERT_TRUE(row);
    EXPECT_FALSE(row->outcome.quality);
  }
  EXPECT_EQ(parse_outcome_row(outcome("null"))->outcome.status, core::OutcomeStatus::kUnscored);
  EXPECT_EQ(parse_outcome_row(R"({"query_id":"q","model":"m","status":"failed"})")->outcome.status,
            core::OutcomeStatus::kFailed);
}

TEST(OutcomeRow, RefusesWhatIsNoQuality) {
  EXPECT_EQ(reason_of(outcome("1.0001")), "'quality' outside [0, 1]");
  EXPECT_EQ(reason_of(outcome("-0.1")), "'quality' outside [0, 1]");
  EXPECT_EQ(reason_of(outcome("NaN")), "NaN or infinity");
  EXPECT_EQ(reason_of(outcome("-Infinity")), "NaN or infinity");
  EXPECT_EQ(reason_of(outcome("1e999")), "number out of range");
  EXPECT_EQ(reason_of(outcome("\"1\"")), "wrong type of 'quality'");
  EXPECT_EQ(reason_of(outcome("true")), "wrong type of 'quality'");
  EXPECT_EQ(reason_of(outcome("null,\"status\":\"ok\"")), "status ok without quality");
  EXPECT_EQ(reason_of(R"({"query_id":"q","model":"m"})"), "missing key 'quality'");
  EXPECT_EQ(parse_outcome_row(R"({"query_id":"q","model":"m","qualty":1})").error().detail,
            "missing key 'quality', expected a number from 0 to 1 (did you mean it by 'qualty'?)");
  EXPECT_EQ(reason_of(outcome("0,\"status\":\"fialed\"")), "unknown status");
  EXPECT_THAT(parse_outcome_row(outcome("0,\"status\":\"fialed\"")).error().detail,
              HasSubstr("did you mean 'failed'?"));
}

TEST(OutcomeRow, RefusesNumbersOutOfRange) {
  EXPECT_EQ(reason_of(outcome("1,\"cost\":-1e-9")), "'cost' is negative");
  EXPECT_EQ(reason_of(outcome("1,\"cost\":-1e999")), "number out of range");
  EXPECT_EQ(reason_of(outcome("1,\"cost\":1e300")), "'cost' outside [0, 1000000000000000]");
  EXPECT_EQ(reason_of(outcome("1,\"cost\":\"free\"")), "wrong type of 'cost'");
  EXPECT_EQ(reason_of(outcome("1,\"input_tokens\":1.5")), "'input_tokens' is no whole number");
  EXPECT_EQ(reason_of(outcome("1,\"draw\":-1")), "'draw' outside [0, 4294967295]");
  EXPECT_EQ(reason_of(outcome("1,\"draw\":4294967296")), "'draw' outside [0, 4294967295]");
  EXPECT_EQ(reason_of(outcome("1,\"latency_s\":-1")), "'latency_s' is negative");
  EXPECT_EQ(reason_of(outcome("-0.0,\"cost\":-0.0")), "good");
}

TEST(OutcomeRow, RefusesWhatIsNoRow) {
  EXPECT_EQ(reason_of(""), "malformed JSON");
  EXPECT_EQ(reason_of("{"), "malformed JSON");
  EXPECT_EQ(reason_of(outcome("1") + "}"), "malformed JSON");
  EXPECT_EQ(reason_of(outcome("1") + outcome("1")), "malformed JSON");
  EXPECT_EQ(reason_of("[1]"), "not an object");
  EXPECT_EQ(reason_of("null"), "not an object");
  EXPECT_EQ(reason_of("{\"query_id\":\"\xff\xfe\"}"), "malformed JSON");
  EXPECT_EQ(reason_of(R"({"query_id":"\ud800","model":"m","quality":1})"), "malformed JSON");
  EXPECT_EQ(reason_of(R"({"query_id":7,"model":"m","quality":1})"), "wrong type of 'query_id'");
  EXPECT_EQ(reason_of(R"({"query_id":"","model":"m","quality":1})"), "empty 'query_id'");
  EXPECT_EQ(reason_of(R"({"query_id":null,"model":"m","quality":1})"), "missing key 'query_id'");
  EXPECT_EQ(reason_of(outcome("1,\"quality\":0")), "repeated key");
  EXPECT_EQ(reason_of(outcome("1,\"x\":{\"a\":1,\"b\":[{\"a\":2}]},\"y\":\":\\\":\"")), "good");
}

TEST(OutcomeRow, SurvivesADepthThatWouldBreakARecursion) {
  EXPECT_EQ(reason_of(std::string(1000000, '[')), "nested too deep");
  EXPECT_EQ(reason_of(outcome("1,\"x\":" + std::string(100000, '[') + std::string(100000, ']'))),
            "nested too deep");
}

TEST(QueryRow, KeepsItsFreeKeysAndReadsNullsAsNothing) {
  const auto row = parse_query_row(
      R"({"id":"a","dataset":"d","task":"t","prompt":"p\u0000q","context":null,"reference":["x",1],"metric":null,"source":"s","n":1})");
  ASSERT_TRUE(row) << row.error().detail;
  EXPECT_EQ(row->prompt, std::string("p\0q", 3));
  EXPECT_EQ(row->context, "");
  EXPECT_EQ(row->reference, R"(["x",1])");
  EXPECT_EQ(row->extra_json, R"({"n":1,"source":"s"})");
}

TEST(QueryRow, NamesTheKeyThatIsMissing) {
  for (const char* key : {"id", "dataset", "task", "prompt"}) {
    std::string line = R"({"id":"a","dataset":"d","task":"t","prompt":"p"})";
    line.replace(line.find(std::string("\"") + key + "\""), std::string(key).size() + 2, "\"x\"");
    EXPECT_EQ(parse_query_row(line).error().reason, fmt::format("missing key '{}'", key));
  }
  EXPECT_EQ(parse_query_row(R"({"id":"a","dataset":"d","task":"t","prompt":["p"]})").error().reason,
            "wrong type of 'prompt'");
}

TEST(ModelRow, ReadsNullPricesAsUnknown) {
  const auto row =
      parse_model_row(R"({"id":"m","params_b":null,"input_price_per_mtok":0.3,"api_name":"x"})");
  ASSERT_TRUE(row);
  EXPECT_FALSE(row->params_b || row->output_price_per_mtok);
  EXPECT_EQ(row->input_price_per_mtok, 0.3);
  EXPECT_EQ(row->extra_json, R"({"api_name":"x"})");
  EXPECT_EQ(parse_model_row(R"({"id":"m","input_price_per_mtok":-1})").error().reason,
            "'input_price_per_mtok' is negative");
}

TEST(LabelRow, NeedsAWeightAboveZeroWhereItHasOne) {
  EXPECT_EQ(parse_label_row(R"({"query_id":"q","task_id":"t"})")->weight, 1.0F);
  EXPECT_EQ(parse_label_row(R"({"query_id":"q","task_id":"t","weight":0.25})")->weight, 0.25F);
  for (const char* weight : {"0", "-1", "1e-300", "\"1\"", "1e999"}) {
    EXPECT_FALSE(
        parse_label_row(fmt::format(R"({{"query_id":"q","task_id":"t","weight":{}}})", weight)))
        << weight;
  }
}

TEST(ReplyRow, KeepsTheRowAsItCame) {
  const std::string line = R"({"id": "r1",  "reply": "hello"})";
  EXPECT_EQ(parse_reply_row(line)->json, line);
  EXPECT_EQ(parse_reply_row("{}").error().reason, "missing key 'id'");
}

}  // namespace
}  // namespace wend::store
