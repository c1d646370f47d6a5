// SPDX-License-Identifier: Apache-2.0
// The generator of task types (TRouter 3.2): proposes the children of a node. A set with too many
// is asked for again, and in the end the first of them are kept.
#pragma once

#include <optional>
#include <string>

#include "wend/synth/job.h"

namespace wend::synth {

/// What the children of a node are proposed and judged by.
struct NodeTask {
  SetRules rules;
  std::string request;  ///< The prompt that proposes them.
  std::string about;    ///< One or two sentences for the evaluator: what the set divides.
};

/// Domains beside those that are there.
NodeTask further_domains(const Voice& voice, std::span<const NodeDraft> there, std::size_t cap);

/// The domains of an application that somebody describes.
NodeTask described_domains(const Voice& voice, std::string_view description, std::size_t cap);

/// The children of the node at the end of a path that begins with a domain: subcategories or levels
/// of difficulty.
NodeTask children_of(const Voice& voice, std::span<const NodeDraft> path, std::size_t cap);

/// Further children of the node at the end of a path, beside those that are there, for questions
/// that somebody describes; of an empty path, further domains.
struct FurtherChildren {
  std::span<const NodeDraft> path;
  std::span<const NodeDraft> there;
  std::string_view description;
  std::size_t cap = 1;
};

NodeTask further_children(const Voice& voice, const FurtherChildren& wanted);

/// The rules of a level as the model reads them.
std::string rules_text(const Voice& voice, const SetRules& rules);

class NodeJob final : public Job {
 public:
  /// Borrows the voice.
  NodeJob(const Voice& voice, NodeTask task);

  bool done() const override { return done_; }

  const Ask& ask() const override { return exchange_.ask(); }

  base::Status take(const std::string& reply) override;

  const NodeTask& task() const { return task_; }

  /// The set; empty where no reply could be used.
  const NodeSet& nodes() const { return nodes_; }

  /// Why there is none.
  const std::string& failure() const { return failure_; }

 private:
  const Voice& voice_;
  NodeTask task_;
  Exchange exchange_;
  NodeSet nodes_;
  std::string failure_;
  bool done_ = false;
};

}  // namespace wend::synth
