// SPDX-License-Identifier: Apache-2.0
// Writes decisions.jsonl (docs/formats/decisions.md), from which anyone can recompute the table:
//   file = line*
//   line = {"seed","router","source","preference","query_id","model","predicted_quality",
//   "predicted_cost","asking_cost"} "\n"
#pragma once

#include <memory>
#include <string>

#include "wend/base/result.h"
#include "wend/data/outcome_table.h"
#include "wend/eval/replay.h"
#include "wend/eval/run.h"

namespace wend::eval {

/// One decision as a line, its newline included. Predictions that are no numbers are written as
/// null.
std::string decision_line(const Choice& choice,
                          const PlannedRow& row,
                          const data::OutcomeTable& table);

/// A decisions file in the making: lines go to a temporary file beside `path`, which takes its
/// place at finish(); without finish() nothing is left behind.
class DecisionsFile {
 public:
  static base::Result<DecisionsFile> create(std::string path);
  DecisionsFile(DecisionsFile&&) noexcept;
  DecisionsFile& operator=(DecisionsFile&&) = delete;
  ~DecisionsFile();

  base::Status append(const Replay& replay, const PlannedRow& row, const data::OutcomeTable& table);
  base::Status finish();

 private:
  struct Stream;
  explicit DecisionsFile(std::unique_ptr<Stream> stream);

  std::unique_ptr<Stream> stream_;
};

}  // namespace wend::eval
