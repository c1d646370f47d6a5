// SPDX-License-Identifier: Apache-2.0
#include "wend/label/model_choice.h"

#include <fmt/format.h>

#include "wend/base/template.h"
#include "wend/label/parse_named.h"
#include "wend/text/excerpt.h"

namespace wend::label {
namespace {

constexpr std::size_t kShownBegin = 4000;
constexpr std::size_t kShownEnd = 2000;

}  // namespace

std::string shown_query(std::string_view text) {
  return text::excerpt(text, kShownBegin, kShownEnd);
}

std::string objective_text(const core::NamedPreference& preference) {
  const char* const words = preference.mu < 0.5   ? "A low cost counts most, a good answer second."
                            : preference.mu > 0.5 ? "A good answer counts most, a low cost second."
                                                  : "A good answer and a low cost count the same.";
  return fmt::format("{} Quality, from 0 to 1, has the weight {:.1f}, cost the weight {:.1f}.",
                     words,
                     preference.mu,
                     1 - preference.mu);
}

base::Result<llm::DialogueStep> ModelChoiceItems::follow(std::size_t item) const {
  const ModelQuestion& question = inputs_.questions[item];
  const std::string objective = objective_text(core::kNamedPreferences[question.preference]);
  const std::string text = base::fill_template(chooser_.prompt,
                                               {{"query", inputs_.texts[question.query]},
                                                {"models", inputs_.listings[question.listing]},
                                                {"objective", objective}});
  return llm::follow_dialogue(
      ledger_,
      chooser_.partner,
      {inputs_.query_ids[question.query], text},
      [this](std::string_view said) { return parse_named(said, inputs_.models).has_value(); });
}

base::Result<std::optional<llm::ItemCall>> ModelChoiceItems::look(std::size_t item) {
  return llm::ItemCall{TRY(follow(item)), 1};
}

base::Status ModelChoiceItems::finish(std::size_t item) {
  const llm::DialogueStep step = TRY(follow(item));
  const auto named = parse_named(step.reply, inputs_.models);
  choices_[item] = {named ? ModelChoiceEnd::kNamed : ModelChoiceEnd::kUnreadable,
                    named.value_or(0),
                    step.again,
                    step.cost};
  return {};
}

base::Status ModelChoiceItems::give_up(std::size_t item, const llm::CallFailure& /*failure*/) {
  const llm::DialogueStep step = TRY(follow(item));
  choices_[item] = {ModelChoiceEnd::kUnanswered, 0, step.again, step.cost};
  return {};
}

}  // namespace wend::label
