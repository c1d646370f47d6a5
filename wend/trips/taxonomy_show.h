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

/// The gates of a synthesis record (docs/formats/synthesis.md). A damaged one is an error.
base::Result<std::vector<ShownGate>> read_gates(const std::string& record);

}  // namespace wend::trips
