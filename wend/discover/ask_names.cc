// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/ask_names.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "wend/base/template.h"
#include "wend/discover/parse_name.h"

namespace wend::discover {

NameItems::NameItems(core::CallLedger& ledger, const Namer& namer, std::span<const NamedTask> tasks)
    : ledger_(ledger), namer_(namer), tasks_(tasks) {
  for (const NamedTask& task : tasks) {
    namings_.push_back({NamingEnd::kUnanswered, task.title, 0});
  }
}

base::Result<llm::DialogueStep> NameItems::follow(std::size_t item) const {
  const std::string examples = fmt::format("- {}", fmt::join(tasks_[item].shown, "\n- "));
  const std::string question = base::fill_template(namer_.prompt, {{"examples", examples}});
  return llm::follow_dialogue(ledger_,
                              namer_.partner,
                              {fmt::format("task {}", item + 1), question},
                              [](std::string_view said) { return parse_name(said).has_value(); });
}

base::Result<std::optional<llm::ItemCall>> NameItems::look(std::size_t item) {
  if (tasks_[item].shown.empty()) {
    return std::nullopt;
  }
  return llm::ItemCall{TRY(follow(item)), 1};
}

base::Status NameItems::finish(std::size_t item) {
  const llm::DialogueStep step = TRY(follow(item));
  const auto title = parse_name(step.reply);
  namings_[item] = {
      title ? NamingEnd::kNamed : NamingEnd::kUnreadable,
      title ? *title : tasks_[item].title,
      step.again,
  };
  return {};
}

base::Status NameItems::give_up(std::size_t item, const llm::CallFailure& /*failure*/) {
  const llm::DialogueStep step = TRY(follow(item));
  namings_[item].again = step.again;
  return {};
}

}  // namespace wend::discover
