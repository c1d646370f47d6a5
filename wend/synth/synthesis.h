// SPDX-License-Identifier: Apache-2.0
// What a synthesis comes to: a tree of task types, the questions of its leaves, and how each set
// was settled.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "wend/core/taxonomy.h"
#include "wend/synth/dedupe.h"
#include "wend/synth/parse_reply.h"
#include "wend/synth/qa_job.h"
#include "wend/synth/quality_gate.h"

namespace wend::synth {

/// The questions of one leaf.
struct LeafPairs {
  std::size_t node = 0;  ///< Index into the taxonomy's nodes.
  std::vector<QaPair> pairs;
  std::size_t want = 0;
  std::size_t duplicates = 0;         ///< Dropped within the leaf.
  std::size_t duplicates_across = 0;  ///< Dropped because another leaf has the like.
  std::vector<std::size_t> yields;    ///< New pairs of each batch.
  std::vector<FailedBatch> failed_batches;
};

/// How one set of children was settled.
struct GateRecord {
  std::string node_id;  ///< The parent's; empty: the domains.
  Level level = Level::kDomain;
  std::vector<std::string> proposed;  ///< Names.
  std::vector<std::string> settled;
  std::vector<GateRound> rounds;
};

/// A node whose children no reply gave; questions are written for it itself.
struct UnsplitNode {
  std::string node_id;
  std::string why;
};

struct Synthesis {
  core::Taxonomy taxonomy;
  std::vector<LeafPairs> leaves;  ///< In the order of the tree.
  std::vector<GateRecord> gates;
  std::vector<UnsplitNode> unsplit;
  std::size_t malformed = 0;
};

/// Drops, leaf after leaf in the order of the tree, what lies within `most_alike` of a question of
/// a leaf before, or of one that was `there` before all. Fails where the encoder does or a stop is
/// asked for.
base::Status drop_duplicates_across(std::vector<LeafPairs>& leaves,
                                    const std::vector<std::string>& there,
                                    const Embed& embed,
                                    double most_alike);

}  // namespace wend::synth
