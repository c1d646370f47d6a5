// SPDX-License-Identifier: Apache-2.0
// A node of the plan's tree with the works on it, one after another.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "wend/synth/plan.h"

namespace wend::synth {

/// The node above the domains; it is no task type.
inline constexpr std::size_t kRoot = 0;

struct Plan::Node {
  NodeDraft draft;
  std::string id;  ///< Empty: the root's.
  std::size_t parent = kRoot;
  std::size_t depth = 0;  ///< Of the root 0, of domains 1.
  std::vector<std::size_t> children;
  std::unique_ptr<NodeJob> proposal;  ///< Then the gate; null where children are not wanted.
  std::unique_ptr<QualityGate> gate;
  std::unique_ptr<QaJob> qa;
  mutable std::size_t place = 0;  ///< In the taxonomy, once it is put together.

  /// The work that is on, or the last one; null where there is none.
  Job* job() const;

  std::size_t pair_count() const { return qa == nullptr ? 0 : qa->pairs().size(); }

  /// What is kept of its works.
  void add_records(Synthesis& into, std::size_t shots) const;
};

}  // namespace wend::synth
