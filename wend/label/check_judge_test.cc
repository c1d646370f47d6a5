// SPDX-License-Identifier: Apache-2.0
#include "wend/label/check_judge.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/base/file.h"

namespace wend::label {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string file_of(const std::string& text) {
  const std::string path = ::testing::TempDir() + "/known.jsonl";
  EXPECT_TRUE(base::write_file_atomically(path, text));
  return path;
}

TEST(KnownReplies, AreScoredByMetricOrAsTheFileSays) {
  const auto replies = read_known_replies(file_of(
      R"({"prompt":"2+2?","reference":4,"metric":"numeric","model":"m","reply":"It is 4."})"
      "\n\n"
      R"({"prompt":"Sing","reference":"la","metric":"taste","quality":0.25,"model":"n","reply":""})"
      "\n"));
  ASSERT_TRUE(replies) << replies.error().message;
  ASSERT_THAT(*replies, SizeIs(2));
  EXPECT_EQ((*replies)[0].known, 1);
  EXPECT_EQ((*replies)[1].known, 0.25);
  EXPECT_EQ((*replies)[1].model, "n");
}

TEST(KnownReplies, SayWhatARowLacks) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {R"({"reference":"4","metric":"numeric","model":"m","reply":"4"})",
       "prompt, model and reply"},
      {R"({"prompt":"p","metric":"numeric","model":"m","reply":"4"})", "no reference"},
      {R"({"prompt":"p","reference":"4","metric":"taste","model":"m","reply":"4"})",
       "no known score"},
      {R"({"prompt":"p","reference":"4","quality":1.5,"model":"m","reply":"4"})", "from 0 to 1"},
      {"[]", "object"}};
  for (const auto& [row, words] : rows) {
    const auto replies = read_known_replies(file_of(row));
    ASSERT_FALSE(replies) << row;
    EXPECT_THAT(replies.error().message, HasSubstr(words)) << row;
    EXPECT_EQ(replies.error().place.line, 1U);
  }
  EXPECT_FALSE(read_known_replies(file_of("\n")));
}

TEST(KnownReplies, OfACollectionAreThoseThatNoJudgeScored) {
  data::Dataset dataset;
  dataset.queries.resize(2);
  dataset.queries[0].reference = "r";
  dataset.models.resize(1);
  const auto add = [&](std::uint32_t query, std::optional<float> quality, const char* extra) {
    core::Outcome outcome;
    outcome.query = query;
    outcome.draw = static_cast<std::uint32_t>(dataset.outcomes.size());
    outcome.quality = quality;
    outcome.extra_json = extra;
    dataset.outcomes.push_back(outcome);
  };
  add(0, 0.75F, R"({"reply_id":"k"})");
  add(0, 0.5F, R"({"reply_id":"k","scores":{"judge":0.5}})");
  add(0, 0.5F, R"({"reply_id":"k","scores":{"judge":0.5,"metric":1}})");
  add(0, 0.5F, R"({"reply_id":"lost"})");
  add(0, 0.5F, "");
  add(1, 0.5F, R"({"reply_id":"k"})");  // No reference.
  const auto replies = known_replies_of(
      dataset, [](const std::string& id) -> base::Result<std::optional<std::string>> {
        return id == "k" ? std::optional<std::string>(R"({"id":"k","reply":"said"})")
                         : std::nullopt;
      });
  ASSERT_TRUE(replies);
  ASSERT_THAT(*replies, SizeIs(2));
  EXPECT_EQ((*replies)[0].known, 0.75);
  EXPECT_EQ((*replies)[1].known, 1);
  EXPECT_EQ((*replies)[1].reply, "said");
}

TEST(CompareJudge, CountsAgreementBiasAndRanksByModel) {
  std::vector<KnownReply> replies(5);
  const std::vector<double> known = {0, 1, 1, 0, 1};
  for (std::size_t i = 0; i < 5; ++i) {
    replies[i].known = known[i];
    replies[i].model = i < 3 ? "a" : "b";
  }
  const auto compared = compare_judge(replies, {0.2, 0.9, 0.4, 0.6, std::nullopt});
  ASSERT_THAT(compared, SizeIs(3));
  EXPECT_EQ(compared[0].n, 4U);
  EXPECT_DOUBLE_EQ(compared[0].agreement, 0.5);
  EXPECT_NEAR(compared[0].bias, 0.025, 1e-12);
  EXPECT_EQ(compared[1].model, "a");
  EXPECT_NEAR(compared[1].bias, -1.0 / 6, 1e-12);
  EXPECT_EQ(compared[2].n, 1U);
  EXPECT_TRUE(std::isnan(compared[2].spearman));
  EXPECT_EQ(compare_judge({}, {})[0].n, 0U);
}

}  // namespace
}  // namespace wend::label
