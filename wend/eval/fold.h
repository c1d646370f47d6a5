// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "wend/base/result.h"
#include "wend/data/normaliser.h"
#include "wend/data/outcome_table.h"
#include "wend/data/split.h"

namespace wend::eval {

/// One training and its test: what a router of it may learn from, what it is scored on, and the
/// scale of its costs.
struct Fold {
  std::uint64_t seed = 1;
  std::string held_out =
      {};  ///< The data set that is the test part; empty where the split is by hash alone.
  data::Split split;                 ///< Rows of the table.
  data::Normaliser normaliser = {};  ///< Fitted on split.train.
};

/// Whether anything is scored on the test part; what is only trained does not need one.
enum class TestPart { kNeeded, kMayBeEmpty };

/// What makes the folds of a protocol.
struct FoldPlan {
  data::SplitShares shares;
  std::uint64_t first_seed = 1;
  std::size_t seeds = 5;
  data::NormaliserKind normaliser = data::NormaliserKind::kReference;
  TestPart test_part = TestPart::kNeeded;
};

/// One fold per seed: first_seed, first_seed + 1, ... Fails where a part that is needed is empty.
base::Result<std::vector<Fold>> split_folds(const data::OutcomeTable& table, const FoldPlan& plan);

/// One fold per seed and value of the field `dataset`: its rows are the test part, all others train
/// or validation in the ratio of those two shares; what has the text of a test row is left out of
/// both. Fails where there are fewer than two data sets.
base::Result<std::vector<Fold>> leave_one_dataset_out_folds(const data::OutcomeTable& table,
                                                            const FoldPlan& plan);

/// The rows of another collection that a router learns from before it is scored on `test` with that
/// seed: three quarters to train on and one to validate on (30 and 10 a node, TRouter section 4.1),
/// without the texts of `test`'s test part. No test part of its own.
base::Result<Fold> cold_start_fold(const data::OutcomeTable& table,
                                   data::NormaliserKind normaliser,
                                   const data::OutcomeTable& test_table,
                                   const Fold& test);

}  // namespace wend::eval
