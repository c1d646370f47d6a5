// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wend/eval/recognition.h"
#include "wend/eval/replay.h"
#include "wend/routers/spec.h"

namespace wend::eval {

/// What a row's router was trained on: queries of the collection it is scored on, those of another
/// alone, or nothing that tells one query from another.
enum class Source { kInDomain, kColdStart, kRule };

/// The source of a router of that name by the collection it was trained on and the one it is scored
/// on.
Source source_of(std::string_view router, std::string_view trained_on, std::string_view scored_on);

/// "in_domain", "cold_start" or "rule".
std::string_view source_name(Source source);

/// Whether the row was asked for, or is run only because others are measured against it.
enum class Listing { kShown, kReferenceOnly };

/// A row of the table to come.
struct PlannedRow {
  routers::RouterSpec spec;
  Source source = Source::kInDomain;
  Listing listing = Listing::kShown;
};

/// Whether a table has a block of routers trained on another collection beside its own.
enum class ColdStart { kNone, kWithBlock };

/// The rows asked for in their order, then best_static and oracle where they are not among them:
/// every table needs both. With a cold-start block, what learns stands in it too, before its
/// in-domain self, and best_static always: the constant that the other collection would choose.
std::vector<PlannedRow> plan_rows(std::vector<routers::RouterSpec> asked, ColdStart cold);

/// What came of asking a language model for a row's choices (prompt_llm), over all folds.
struct Asked {
  std::string model;           ///< Who was asked.
  std::size_t choices = 0;     ///< One per test row and preference of every fold.
  std::size_t unreadable = 0;  ///< Of those, without a name in any reply: best_static's was taken.
  std::size_t unanswered = 0;  ///< Likewise, because a call failed.
  std::size_t again = 0;       ///< Reminders.
  double cost = 0;             ///< Currency, of all of them.
};

/// A row's router on every fold.
struct RouterRun {
  PlannedRow row;
  std::vector<Replay> replays =
      {};  ///< One per fold; an artifact's may lack the rows that it was trained on.
  std::vector<std::string> configs_json = {};  ///< One per fold: TrainedRouter::config_json.
  double train_seconds = 0;                    ///< Mean over the folds.
  std::optional<Asked> asked = {};
  /// How well it tells task types, where it does and labels say which are true.
  std::optional<RecognitionTally> recognition = {};
};

}  // namespace wend::eval
