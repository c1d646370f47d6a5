// SPDX-License-Identifier: Apache-2.0
// One sentence for each prompt that says which task it sets (FineRouter's d_i), written by a
// language model: prompts of a kind shall get sentences alike, whatever their particulars.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wend/base/result.h"
#include "wend/core/call_ledger.h"
#include "wend/llm/dialogue.h"
#include "wend/llm/dialogue_run.h"

namespace wend::discover {

struct Describer {
  llm::Partner partner;
  std::string prompt;  ///< With {{prompt}}.
};

/// A prompt's routing text as a describer is shown it: of a long one its beginning and its end.
std::string shown_prompt(std::string_view routing_text);

struct PromptText {
  std::string id;
  std::string text;  ///< The routing text.
};

enum class DescriptionEnd : std::uint8_t {
  kDescribed,
  kUnreadable,  ///< The question and both reminders got replies that are no description.
  kUnanswered,  ///< A call failed or was not made; the next run asks again.
};

struct Description {
  DescriptionEnd end = DescriptionEnd::kUnanswered;
  std::string text;       ///< The sentence, where there is one.
  std::size_t again = 0;  ///< Reminders.
};

/// The prompts as items of an llm::DialogueRun. Borrows all.
class DescribeItems final : public llm::DialogueItems {
 public:
  DescribeItems(core::CallLedger& ledger,
                const Describer& describer,
                std::span<const PromptText> prompts)
      : ledger_(ledger), describer_(describer), prompts_(prompts), descriptions_(prompts.size()) {}

  std::size_t count() const override { return prompts_.size(); }

  base::Result<std::optional<llm::ItemCall>> look(std::size_t item) override;
  base::Status finish(std::size_t item) override;
  base::Status give_up(std::size_t item, const llm::CallFailure& failure) override;

  /// One per prompt.
  const std::vector<Description>& descriptions() const { return descriptions_; }

 private:
  base::Result<llm::DialogueStep> follow(std::size_t item) const;

  core::CallLedger& ledger_;
  const Describer& describer_;
  std::span<const PromptText> prompts_;
  std::vector<Description> descriptions_;
};

}  // namespace wend::discover
