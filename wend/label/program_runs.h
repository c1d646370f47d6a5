// SPDX-License-Identifier: Apache-2.0
// The programs in replies and what came of them, as the ledger is for what a judge said: whoever
// scores a reply looks here, and what is not known yet is run, once, in however many cells the same
// reply to a query stands and however often it is scored.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "wend/base/result.h"
#include "wend/data/dataset.h"
#include "wend/label/code_queue.h"
#include "wend/label/run_code.h"

namespace wend::label {

class ProgramRuns {
 public:
  /// Borrows the data set.
  explicit ProgramRuns(const data::Dataset& dataset) : dataset_(&dataset) {}

  /// From now on programs can be run, so many at once. Borrows the runner.
  void start(const CodeRunner& runner, std::size_t at_once);

  /// Whether the reply's program passed, or why that cannot be told; null where it has not been
  /// run.
  const base::Result<bool>* find(std::size_t query, std::string_view reply) const;

  /// Has the reply's program run for the sake of a cell, and never waits: false where too many
  /// others do. Needs start, and a reply that find does not know.
  bool want(std::size_t cell, std::size_t query, std::string_view reply);

  /// Whether `want` would take another. Needs start.
  bool has_room() const { return queue_->has_room(); }

  /// Cells whose programs have ended since; find knows them now.
  std::vector<std::size_t> take_ended();

  /// The same, after waiting for one at least; none where nothing is run any more. Needs start.
  std::vector<std::size_t> wait_ended();

  /// Cells whose programs run or wait.
  std::size_t open_cells() const { return open_cells_; }

 private:
  std::vector<std::size_t> cells_of(std::vector<CodeRun> runs);

  const data::Dataset* dataset_;
  std::map<std::string, base::Result<bool>> ended_;       // By the program's id.
  std::map<std::string, std::vector<std::size_t>> open_;  // The cells that wait for each.
  std::size_t open_cells_ = 0;
  std::unique_ptr<CodeQueue> queue_;
};

}  // namespace wend::label
