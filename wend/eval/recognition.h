// SPDX-License-Identifier: Apache-2.0
// How well a router tells the task types of labelled queries (TRouter's section 2.10 and Table 13):
// by its whole posterior, at its own task types and rolled up to every level above.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wend/core/scores.h"
#include "wend/data/outcome_table.h"
#include "wend/data/training_set.h"
#include "wend/routers/router.h"

namespace wend::eval {

/// One level of the tree. Shares are of the queries, NaN where there is none.
struct LevelRecognition {
  std::string name;         ///< "domain", "subcategory", "difficulty", "level 4", ...
  std::size_t types = 0;    ///< That the router tells apart there.
  std::size_t queries = 0;  ///< Labelled at that level or below; one counts once for each seed.
  double top1 = 0;
  double top3 = 0;
  double top5 = 0;
  double nll = 0;  ///< Mean of -log of the true type's weight, which is taken as at least 1e-12.
  double ece = 0;  ///< Expected calibration error of the heaviest type's weight, fifteen bins.
};

/// A query whose heaviest task type is not the true one.
struct TaskFailure {
  std::uint64_t seed = 1;
  std::string query_id;
  std::string stem;  ///< The beginning of its prompt, on one line.
  core::TaskName truth;
  std::vector<std::pair<core::TaskName, float>> top;  ///< The five heaviest.
};

struct Recognition {
  std::string dataset;                        ///< The collection whose labels are the truth.
  std::string part;                           ///< "test", or "validation" of what was learnt from.
  std::vector<LevelRecognition> levels = {};  ///< From the domains down to the router's own types.
  std::vector<TaskFailure> failures = {};     ///< At the router's own types.
};

/// Rows to recognise, borrowed for the call.
struct RecognitionRows {
  const data::OutcomeTable& table;
  const data::Embeddings& embeddings;   ///< One row per row of the table.
  std::span<const std::string> texts;   ///< Likewise, or none.
  std::span<const std::uint32_t> rows;  ///< Those without a label are passed over.
  std::uint64_t seed = 1;
  std::size_t threads = 0;
};

/// Whether the router tells task types of the table's tree, and any of the rows has a label.
bool can_be_recognised(const routers::Router& router, const RecognitionRows& rows);

/// Pools folds.
class RecognitionTally {
 public:
  RecognitionTally(std::string dataset, std::string part)
      : dataset_(std::move(dataset)), part_(std::move(part)) {}

  /// The heaviest label of a row is its truth. Needs a router with a posterior.
  void add(const routers::Router& router, const RecognitionRows& rows);

  Recognition result() const;

  const std::string& part() const { return part_; }

 private:
  struct Level {
    std::size_t types = 0;
    std::size_t top1 = 0;
    std::size_t top3 = 0;
    std::size_t top5 = 0;
    double nll = 0;
    std::vector<std::pair<float, bool>> confidence;  ///< Of the heaviest, and whether it is true.
  };

  class Fold;

  /// Whether the heaviest of the weights (nodes) is the true one.
  static bool count(Level& level, const std::vector<float>& weights, std::size_t truth);

  std::string dataset_;
  std::string part_;
  std::vector<Level> levels_;
  std::vector<TaskFailure> failures_;
};

/// A failure as a line of task_failures.jsonl (docs/formats/task_failures.md), newline included.
std::string failure_line(const TaskFailure& failure,
                         std::string_view router,
                         std::string_view source,
                         const Recognition& recognition);

}  // namespace wend::eval
