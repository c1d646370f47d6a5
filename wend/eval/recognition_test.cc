// SPDX-License-Identifier: Apache-2.0
#include "wend/eval/recognition.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "wend/base/file.h"
#include "wend/eval/scripted_world.h"

namespace wend::eval {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

/// Domains d (with subcategory s: leaves e, h) and x, a leaf itself.
core::Taxonomy tree() {
  return *core::Taxonomy::build({{"d", "Sums", "", "", {}, 0},
                                 {"x", "Songs", "", "", {}, 0},
                                 {"s", "long", "", "", 0, 0},
                                 {"e", "easy", "", "", 2, 0},
                                 {"h", "hard", "", "", 2, 0}});
}

/// Believes of row i what the i-th list says of its own task types.
class Believer final : public routers::Router {
 public:
  Believer(std::vector<core::TaskName> tasks, std::vector<std::vector<float>> beliefs)
      : tasks_(std::move(tasks)), beliefs_(std::move(beliefs)) {}

  core::Scores score(const core::Query&) const override { return {}; }

  const std::vector<core::ModelCard>& models() const override { return models_; }

  const std::vector<core::TaskName>& tasks() const override { return tasks_; }

  std::vector<float> task_posterior(const core::Query& query) const override {
    return beliefs_.empty() ? std::vector<float>()
                            : beliefs_[static_cast<std::size_t>(query.embedding_norm)];
  }

 private:
  std::vector<core::ModelCard> models_;
  std::vector<core::TaskName> tasks_;
  std::vector<std::vector<float>> beliefs_;
};

class RecognitionOf : public ::testing::Test {
 protected:
  RecognitionOf() : table_(scripted_table(std::vector<std::vector<double>>(4, {1, 0}), {})) {
    table_.taxonomy = tree();
    table_.labels = {{{0, 3, 0.75F}, {0, 4, 0.25F}}, {{1, 4, 1}}, {{2, 1, 1}}, {}};
    table_.queries[1].prompt = "How\nmany? " + std::string(148, 'x') + "éééé";
  }

  Recognition recognise(const Believer& router) {
    RecognitionTally tally("scripted", "test");
    tally.add(router, rows());
    return tally.result();
  }

  RecognitionRows rows() const { return {table_, embeddings_, {}, test_, 7, 1}; }

  data::OutcomeTable table_;
  data::Embeddings embeddings_ = scripted_embeddings(4);
  std::vector<std::uint32_t> test_ = {0, 1, 2, 3};
};

TEST_F(RecognitionOf, RollsThePosteriorUp) {
  // Of e, h and x. The second takes hard for easy, in the right domain; the third is wrong.
  const Believer router({{"e", "E"}, {"h", "H"}, {"x", "X"}},
                        {{0.6F, 0.3F, 0.1F}, {0.5F, 0.4F, 0.1F}, {0.5F, 0.1F, 0.4F}, {1, 0, 0}});
  const Recognition found = recognise(router);
  ASSERT_THAT(found.levels, SizeIs(3));
  EXPECT_EQ(found.levels[0].name, "domain");
  EXPECT_EQ(found.levels[0].types, 2);
  EXPECT_EQ(found.levels[1].types, 2);
  EXPECT_EQ(found.levels[2].types, 3);
  EXPECT_EQ(found.levels[2].name, "difficulty");
  for (const LevelRecognition& level : found.levels) {
    EXPECT_EQ(level.queries, 3);
    EXPECT_EQ(level.top3, 1);
    EXPECT_EQ(level.top5, 1);
  }
  EXPECT_NEAR(found.levels[0].top1, 2 / 3.0, 1e-9);
  EXPECT_NEAR(found.levels[2].top1, 1 / 3.0, 1e-9);
  EXPECT_NEAR(found.levels[0].nll, -(std::log(0.9) * 2 + std::log(0.4)) / 3, 1e-6);
  EXPECT_NEAR(found.levels[2].nll, -(std::log(0.6) + std::log(0.4) * 2) / 3, 1e-6);
  // Domains: .9 twice right, .6 once wrong, in bins of their own.
  EXPECT_NEAR(found.levels[0].ece, (2 * 0.1 + 0.6) / 3, 1e-6);
}

TEST_F(RecognitionOf, ListsWhatWasTakenForSomethingElse) {
  const Believer router({{"e", "E"}, {"h", "H"}, {"x", "X"}},
                        {{0.6F, 0.3F, 0.1F}, {0.5F, 0.4F, 0.1F}, {0, 0, 1}, {1, 0, 0}});
  const Recognition found = recognise(router);
  ASSERT_THAT(found.failures, SizeIs(1));
  const TaskFailure& failure = found.failures[0];
  EXPECT_EQ(failure.query_id, "q1");
  EXPECT_EQ(failure.seed, 7);
  EXPECT_EQ(failure.truth.name, "Sums > long > hard");
  EXPECT_EQ(failure.stem, "How many? " + std::string(148, 'x') + "é");
  ASSERT_THAT(failure.top, SizeIs(3));
  EXPECT_EQ(failure.top[0].first.id, "e");
  EXPECT_EQ(failure.top[0].second, 0.5F);
  const auto line = nlohmann::json::parse(failure_line(failure, "r{a=1}", "cold_start", found));
  EXPECT_EQ(line["router"], "r{a=1}");
  EXPECT_EQ(line["true_task"]["task"], "h");
  EXPECT_EQ(line["top"][1]["name"], "H");
  const std::string page =
      *base::read_file(std::string(WEND_SOURCE_DIR) + "/docs/formats/task_failures.md");
  for (const auto& [key, value] : line.items()) {
    EXPECT_THAT(page, HasSubstr("| `" + key + "` |"));
  }
}

TEST_F(RecognitionOf, AsksNoLabelForMoreThanItSays) {
  table_.labels[0] = {{0, 2, 1}};  // Above the leaves.
  const Believer router({{"e", ""}, {"h", ""}, {"x", ""}},
                        {{0.6F, 0.3F, 0.1F}, {0.5F, 0.4F, 0.1F}, {0, 0, 1}, {1, 0, 0}});
  const Recognition found = recognise(router);
  EXPECT_EQ(found.levels[0].queries, 3);
  EXPECT_EQ(found.levels[1].queries, 3);
  EXPECT_EQ(found.levels[2].queries, 2);
}

TEST_F(RecognitionOf, EndsAtTheRoutersOwnLevel) {
  const Believer router({{"d", ""}, {"x", ""}}, {{1, 0}, {0.2F, 0.8F}, {0, 1}, {1, 0}});
  const Recognition found = recognise(router);
  ASSERT_THAT(found.levels, SizeIs(1));
  EXPECT_NEAR(found.levels[0].top1, 2 / 3.0, 1e-9);
  ASSERT_THAT(found.failures, SizeIs(1));
  EXPECT_EQ(found.failures[0].truth.name, "Sums");
}

TEST_F(RecognitionOf, TakesATypeThatTheRouterLacksAsMissed) {
  const Believer router({{"e", ""}, {"elsewhere", ""}},
                        {{0.6F, 0.4F}, {1, 0}, {0.1F, 0.9F}, {1, 0}});
  const LevelRecognition leaf = recognise(router).levels.back();
  EXPECT_NEAR(leaf.top5, 1 / 3.0, 1e-9);
  EXPECT_NEAR(leaf.nll, -(std::log(0.6) + 2 * std::log(1e-12)) / 3, 1e-4);
}

TEST_F(RecognitionOf, PoolsFolds) {
  const Believer right({{"e", ""}, {"h", ""}, {"x", ""}},
                       {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 0, 0}});
  const Believer wrong({{"e", ""}, {"h", ""}, {"x", ""}},
                       {{0, 1, 0}, {1, 0, 0}, {1, 0, 0}, {1, 0, 0}});
  RecognitionTally tally("scripted", "test");
  tally.add(right, rows());
  tally.add(wrong, rows());
  const Recognition found = tally.result();
  EXPECT_EQ(found.levels[2].queries, 6);
  EXPECT_EQ(found.levels[2].top1, 0.5);
  EXPECT_EQ(found.levels[2].top5, 0.5) << "a weight of 0 is not among the heaviest";
  EXPECT_EQ(found.levels[2].ece, 0.5);
  EXPECT_THAT(found.failures, SizeIs(3));
}

TEST_F(RecognitionOf, NeedsLabelsAPosteriorAndTaskTypesOfTheTree) {
  const std::vector<std::vector<float>> beliefs(4, {1, 0});
  EXPECT_TRUE(can_be_recognised(Believer({{"e", ""}, {"h", ""}}, beliefs), rows()));
  EXPECT_FALSE(can_be_recognised(Believer({{"a", ""}, {"b", ""}}, beliefs), rows()));
  EXPECT_FALSE(can_be_recognised(Believer({{"e", ""}, {"h", ""}}, {}), rows()));
  test_ = {3};
  EXPECT_FALSE(can_be_recognised(Believer({{"e", ""}, {"h", ""}}, beliefs), rows()));
}

}  // namespace
}  // namespace wend::eval
