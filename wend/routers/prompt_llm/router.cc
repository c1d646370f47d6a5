// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/prompt_llm/router.h"

#include <algorithm>

#include "wend/routers/model_means.h"

namespace wend::routers {
namespace {

class PromptLlmRouter final : public Router {
 public:
  explicit PromptLlmRouter(const data::TrainingSet& set) : models_(set.models) {
    means_.models = ModelMeans::of(set.train).scores(set.normaliser);
  }

  core::Scores score(const core::Query&) const override { return means_; }

  std::optional<std::size_t> pinned_model(const core::Query& query,
                                          core::Preference preference) const override {
    const auto named =
        std::ranges::find(core::kNamedPreferences, preference.mu, &core::NamedPreference::mu);
    const auto place = static_cast<std::size_t>(named - core::kNamedPreferences.begin());
    if (place >= query.llm_choice.size()) {
      return std::nullopt;
    }
    const std::string_view id = query.llm_choice[place].model;
    const auto model = std::ranges::find(models_, id, &core::ModelCard::id);
    return model == models_.end()
               ? std::nullopt
               : std::optional(static_cast<std::size_t>(model - models_.begin()));
  }

  const std::vector<core::ModelCard>& models() const override { return models_; }

 private:
  std::vector<core::ModelCard> models_;
  core::Scores means_;
};

}  // namespace

std::unique_ptr<Router> make_prompt_llm(const data::TrainingSet& set) {
  return std::make_unique<PromptLlmRouter>(set);
}

}  // namespace wend::routers
