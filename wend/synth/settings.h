// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "wend/llm/asked_model.h"
#include "wend/llm/chat.h"
#include "wend/synth/prompts.h"
#include "wend/synth/qa_job.h"
#include "wend/synth/quality_gate.h"

namespace wend::synth {

/// A node of a tree that is there already.
struct PathNode {
  std::string id;
  NodeDraft draft;
};

/// Where a branch grows from a tree that is there already: only what is new is made.
struct Branch {
  std::vector<PathNode> path;  ///< From the domain to the node it grows under; empty: new domains.
  NodeSet siblings;            ///< What lies right below that node.
  std::size_t room = 1;        ///< How many more may lie there.
  std::vector<std::string> ids;        ///< Of the whole tree; they are not used again.
  std::vector<std::string> questions;  ///< That are there; what is like one of them is dropped.
};

/// What is to be made.
struct Settings {
  NodeSet domains;                  ///< Given ones; empty where there is a description.
  std::string description;          ///< Of an application whose domains are to be proposed, or of
                                    ///< what a branch is to hold.
  std::optional<Branch> branch;     ///< Where there is one, it alone is made, of the description.
  std::size_t max_domains = 10;     ///< Of a description.
  std::size_t max_new_domains = 4;  ///< Beside the given ones; 0: none are proposed.
  std::size_t max_subcategories = 10;
  std::size_t max_levels = 5;
  Level profile_level = Level::kDifficulty;  ///< Where the tree ends.
  GateRules gate;
  QaRules qa;
  double most_alike_across = 0.95;
  std::uint64_t seed = 1;
  Form form = Form::kMarkers;
  Prompts prompts = Prompts::built_in();
};

/// Who writes.
struct Generator : llm::AskedModel {
  llm::ChatParameters parameters;
};

}  // namespace wend::synth
