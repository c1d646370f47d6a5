// SPDX-License-Identifier: Apache-2.0
// Which model of a pool a language model would have answer a query (TRouter's baseline Prompt LLM):
// one question for each query and preference.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wend/base/result.h"
#include "wend/core/call_ledger.h"
#include "wend/core/preference.h"
#include "wend/llm/dialogue.h"
#include "wend/llm/dialogue_run.h"

namespace wend::label {

struct ModelChooser {
  llm::Partner partner;
  std::string prompt;  ///< With {{query}}, {{models}} and {{objective}}.
};

/// A query as a chooser is shown it: of a long one its beginning and its end.
std::string shown_query(std::string_view text);

/// The preference in words.
std::string objective_text(const core::NamedPreference& preference);

struct ModelQuestion {
  std::size_t query = 0;       ///< Into the queries.
  std::size_t preference = 0;  ///< Into core::kNamedPreferences.
  std::size_t listing = 0;     ///< Into the listings.

  friend auto operator<=>(const ModelQuestion&, const ModelQuestion&) = default;
};

enum class ModelChoiceEnd : std::uint8_t {
  kNamed,
  kUnreadable,  ///< The question and both reminders got replies that name no one model.
  kUnanswered,  ///< A call failed; the next run asks again.
};

struct ModelChoice {
  ModelChoiceEnd end = ModelChoiceEnd::kUnanswered;
  std::size_t model = 0;  ///< Into the models, where it is named.
  std::size_t again = 0;  ///< Reminders.
  /// Of all that was said, at the chooser's prices; absent where it has none.
  std::optional<double> cost = 0.0;
};

/// What there is to choose from and for. Borrowed by those who ask.
struct ModelChoiceInputs {
  std::vector<std::string> query_ids;
  std::vector<std::string> texts;     ///< Of the queries, as they are shown.
  std::vector<std::string> models;    ///< Their names.
  std::vector<std::string> listings;  ///< The models with what is known of them, one a line.
  std::vector<ModelQuestion> questions;
};

/// The questions as items of an llm::DialogueRun. Borrows all.
class ModelChoiceItems final : public llm::DialogueItems {
 public:
  ModelChoiceItems(core::CallLedger& ledger,
                   const ModelChooser& chooser,
                   const ModelChoiceInputs& inputs)
      : ledger_(ledger), chooser_(chooser), inputs_(inputs), choices_(inputs.questions.size()) {}

  std::size_t count() const override { return inputs_.questions.size(); }

  base::Result<std::optional<llm::ItemCall>> look(std::size_t item) override;
  base::Status finish(std::size_t item) override;
  base::Status give_up(std::size_t item, const llm::CallFailure& failure) override;

  /// One per question; kUnanswered of those that were not asked to the end.
  const std::vector<ModelChoice>& choices() const { return choices_; }

 private:
  base::Result<llm::DialogueStep> follow(std::size_t item) const;

  core::CallLedger& ledger_;
  const ModelChooser& chooser_;
  const ModelChoiceInputs& inputs_;
  std::vector<ModelChoice> choices_;
};

}  // namespace wend::label
