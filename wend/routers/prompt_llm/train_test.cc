// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/prompt_llm/train.h"

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/routers/train_sample.h"
#include "wend/routers/validation.h"

namespace wend::routers {
namespace {

using testing::HasSubstr;

data::TrainingSet three_models() {
  const data::Examples rows = sample::examples({{1, 0}, {0, 1}},
                                               {{0.2F, 0.9F, 0.4F}, {0.4F, 0.7F, 0.4F}},
                                               {{0.1F, 0.5F, 0.2F}, {0.1F, 0.5F, 0.2F}});
  return sample::training_set(rows, rows);
}

std::unique_ptr<Router> trained(std::string_view spec = "prompt_llm{model=oracle}") {
  auto router = sample::train(spec, three_models());
  CHECK(router, "{}", router.error().message);
  return std::move(router->unservable);
}

TEST(PromptLlm, TakesWhatWasNamedUnderEachPreference) {
  const auto router = trained();
  const std::array<core::LlmChoice, 3> said = {{{"a", 0}, {"c", 0}, {"b", 0}}};
  core::Query query;
  query.llm_choice = said;
  EXPECT_EQ(router->pinned_model(query, {0.2}), 0);
  EXPECT_EQ(router->pinned_model(query, {0.5}), 2);
  EXPECT_EQ(router->pinned_model(query, {0.8}), 1);
}

TEST(PromptLlm, IsBestStaticWhereNothingIsNamed) {
  const auto router = trained();
  const std::array<core::LlmChoice, 3> said = {{{"", 0}, {"z", 0}, {"b", 0}}};
  core::Query query;
  EXPECT_EQ(router->pinned_model(query, {0.2}), std::nullopt) << "nobody was asked";
  query.llm_choice = said;
  EXPECT_EQ(router->pinned_model(query, {0.2}), std::nullopt);
  EXPECT_EQ(router->pinned_model(query, {0.5}), std::nullopt) << "not of the pool";
  EXPECT_EQ(router->pinned_model(query, {0.4}), std::nullopt) << "another preference";
  const core::Scores scores = router->score(query);
  const auto best = sample::served("best_static", three_models())->score(query);
  for (std::size_t model = 0; model < 3; ++model) {
    EXPECT_EQ(scores.models[model].quality, best.models[model].quality);
    EXPECT_EQ(scores.models[model].cost_normalised, best.models[model].cost_normalised);
  }
}

TEST(PromptLlm, RefusesWhatItCannotMean) {
  EXPECT_THAT(sample::refusal("prompt_llm{knows=all}", three_models()), HasSubstr("cards"));
  EXPECT_THAT(sample::refusal("prompt_llm{modl=x}", three_models()), HasSubstr("model"));
  EXPECT_EQ(check_servable(*parse_router_spec("prompt_llm")).error().code,
            base::Code::kInvalidArgument);
}

}  // namespace
}  // namespace wend::routers
