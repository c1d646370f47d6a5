// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/agentic/train.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/routers/train_sample.h"

namespace wend::routers {
namespace {

using sample::kMissing;
using testing::HasSubstr;

/// Two tasks about the first two axes, a third without examples about the third; two models.
data::TrainingSet two_tasks() {
  data::Examples rows = sample::examples({{1, 0.1F, 0}, {1, -0.1F, 0}, {0, 1, 0}},
                                         {{1, 0}, {0.5F, 0}, {0, 1}},
                                         {{0.1F, 0.3F}, {0.3F, 0.5F}, {0.2F, kMissing}});
  rows.labels = {{{0, 0, 1.0F}}, {{1, 0, 1.0F}}, {{2, 1, 0.6F}, {2, 0, 0.4F}}};
  data::TrainingSet set = sample::training_set(rows, rows);
  set.taxonomy = core::Taxonomy::build({{"t1", "one", "about one", "", {}},
                                        {"t2", "two", "about two", "", {}},
                                        {"t3", "three", "about three", "", {}}})
                     .value();
  set.task_embeddings =
      data::Embeddings::from_pooled(sample::matrix_of({{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}));
  return set;
}

TEST(AgenticFree, TakesTheNearestTasksMeansWithArgmax) {
  const auto router = sample::served("agentic_free{ptq=argmax}", two_tasks());
  const core::Scores scores = sample::ask(*router, {0.9F, 0.1F, 0});
  EXPECT_EQ(scores.models[0].quality, 0.75F);
  EXPECT_EQ(scores.models[1].quality, 0.0F);
  EXPECT_NEAR(scores.models[0].cost_normalised, 0.2F, 1e-6);
  EXPECT_EQ(scores.tasks.front().task, 0);
  EXPECT_EQ(router->tasks()[0].id, "t1");
}

TEST(AgenticFree, MixesTasksByTheSoftmaxOfTheirCosines) {
  const auto router = sample::served("agentic_free{tau=0.5}", two_tasks());
  const core::Scores scores = sample::ask(*router, {0.8F, 0.6F, 0});
  // exp(cosine / .5): 4.953, 3.320, and 1 for the task of which nothing is known.
  const double one = 4.953 / (4.953 + 3.320);
  EXPECT_NEAR(scores.models[0].quality, 0.75 * one, 1e-3);
  EXPECT_NEAR(scores.models[1].quality, 1 - one, 1e-3);
  EXPECT_NEAR(scores.tasks[0].weight, 4.953 / 9.273, 1e-3);
}

TEST(AgenticFree, WeighsTheExamplesOfTheNearestTask) {
  const auto router = sample::served("agentic_free{mode=weighted,tau=0.1}", two_tasks());
  const core::Scores scores = sample::ask(*router, {1, 0.1F, 0});
  // Cosines 1 and .980 apart by .0198: weights 1 and exp(-.198) = .820.
  EXPECT_NEAR(scores.models[0].quality, (1 + 0.5 * 0.820) / 1.820, 1e-3);
}

TEST(AgenticFree, FallsBackToTheModelsMeanWhereATaskKnowsNothing) {
  const auto router = sample::served("agentic_free{ptq=argmax}", two_tasks());
  const core::Scores scores = sample::ask(*router, {0, 0, 1});
  EXPECT_NEAR(scores.models[0].quality, 0.5F, 1e-6);
  const core::Scores known_no_cost = sample::ask(*router, {0, 1, 0});
  EXPECT_NEAR(known_no_cost.models[1].cost_normalised, 0.4F, 1e-6);
}

TEST(AgenticFree, RefusesWhatItCannotMean) {
  EXPECT_THAT(sample::refusal("agentic_free{mode=weighted,ptq=soft}", two_tasks()),
              HasSubstr("expected ptq=argmax or none"));
  EXPECT_THAT(sample::refusal("agentic_free{tau=0}", two_tasks()), HasSubstr("tau"));
  data::TrainingSet bare = two_tasks();
  bare.taxonomy = {};
  EXPECT_THAT(sample::refusal("agentic_free", bare), HasSubstr("no task types"));
}

TEST(Agentic, ReadsTheTableAtTheLabel) {
  data::TrainingSet set = two_tasks();
  const auto trained = sample::train("agentic{epochs=1}", set);
  ASSERT_TRUE(trained) << trained.error().message;
  ASSERT_NE(trained->unservable, nullptr);
  const base::Matrix table = trained->weights.matrix("table").value();
  core::Query query;
  query.task_label = 1;
  EXPECT_NEAR(trained->unservable->score(query).models[0].quality, table(0, 1), 1e-6);
  query.task_label.reset();
  EXPECT_NEAR(trained->unservable->score(query).models[0].quality, 0.5F, 1e-6);
}

}  // namespace
}  // namespace wend::routers
