// SPDX-License-Identifier: Apache-2.0
// Names of discovered tasks by a language model that is shown what is nearest to their centres.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "wend/base/result.h"
#include "wend/core/call_ledger.h"
#include "wend/discover/name_tasks.h"
#include "wend/llm/dialogue.h"
#include "wend/llm/dialogue_run.h"

namespace wend::discover {

struct Namer {
  llm::Partner partner;
  std::string prompt;  ///< With {{examples}}.
};

enum class NamingEnd : std::uint8_t { kNamed, kUnreadable, kUnanswered };

struct Naming {
  NamingEnd end = NamingEnd::kUnanswered;
  TaskTitle title;  ///< The model's, or the one by words.
  std::size_t again = 0;
};

/// The tasks as items of an llm::DialogueRun. Borrows all.
class NameItems final : public llm::DialogueItems {
 public:
  NameItems(core::CallLedger& ledger, const Namer& namer, std::span<const NamedTask> tasks);

  std::size_t count() const override { return tasks_.size(); }

  base::Result<std::optional<llm::ItemCall>> look(std::size_t item) override;
  base::Status finish(std::size_t item) override;
  base::Status give_up(std::size_t item, const llm::CallFailure& failure) override;

  /// One per task, by words where nothing better was said; names may be alike (tell_apart).
  const std::vector<Naming>& namings() const { return namings_; }

 private:
  base::Result<llm::DialogueStep> follow(std::size_t item) const;

  core::CallLedger& ledger_;
  const Namer& namer_;
  std::span<const NamedTask> tasks_;
  std::vector<Naming> namings_;
};

}  // namespace wend::discover
