// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "wend/base/result.h"
#include "wend/data/dataset.h"

namespace wend::trips {

/// A node of a collection's tree and how many queries are labelled with it or with what is below.
struct CountedNode {
  std::size_t node = 0;  ///< Index into the taxonomy's nodes.
  std::size_t queries = 0;
};

/// In the order of the tree.
std::vector<CountedNode> count_queries(const data::Dataset& dataset);

/// One round of a set, as a person reads it, and the set that it belongs to.
struct ShownRound {
  std::string choice;
  bool revised_first = false;
  std::vector<std::string> revised;
  std::string critique;
  std::string reason;
};

struct ShownGate {
  std::string task_id;  ///< The parent's; empty: the set of domains.
  std::vector<std::string> proposed;
  std::vector<std::string> settled;
  std::vector<ShownRound> rounds;
};

/// What became of the questions of a leaf.
struct ShownLeaf {
  std::string task_id;
  std::size_t want = 0;
  std::size_t have = 0;
  std::size_t duplicates = 0;
  std::size_t duplicates_across = 0;
  std::vector<std::size_t> yields;    ///< New questions of each batch.
  std::vector<std::string> failures;  ///< Why no reply of a batch could be used.
};

/// The leaves of a synthesis record, in the order of the tree. A damaged one is an error.
base::Result<std::vector<ShownLeaf>> read_leaves(const std::string& record);

/// What the first, second, ... batch brought on average (TRouter, Fig. 3).
struct BatchYield {
  std::size_t leaves = 0;  ///< That were asked for so many batches.
  double mean = 0;         ///< New questions of each.
};

std::vector<BatchYield> batch_yields(const std::vector<ShownLeaf>& leaves);

/// The gates of a synthesis record (docs/formats/synthesis.md). A damaged one is an error.
base::Result<std::vector<ShownGate>> read_gates(const std::string& record);

}  // namespace wend::trips
