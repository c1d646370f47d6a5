// SPDX-License-Identifier: Apache-2.0
// The most calls that a synthesis can still make, whatever the model says: every set is as large as
// it may be and never rests, every batch brings too little, and every reply has to be asked for as
// often as it can be.
#include <algorithm>

#include "wend/synth/plan.h"
#include "wend/synth/plan_node.h"

namespace wend::synth {
namespace {

/// Of one question.
constexpr std::size_t kAsks = 1 + Exchange::kAsksAgain;

class Bound {
 public:
  explicit Bound(const Settings& settings) : settings_(settings) {}

  /// A leaf that has had so many batches.
  std::size_t leaf(std::size_t batches) const {
    const std::size_t most = most_batches(settings_.qa);
    return kAsks * (most - std::min(most, batches));
  }

  /// A node of a depth that is to get at most so many children. One that gets none is a leaf.
  std::size_t parent(std::size_t depth, std::size_t children) const {
    return kAsks + std::max(gate(depth, 0, children), leaf(0));
  }

  /// What is left of a gate after some rounds, and its children.
  std::size_t gate(std::size_t depth, std::size_t rounds, std::size_t children) const {
    const std::size_t most = settings_.gate.max_rounds;
    return 2 * kAsks * (most - std::min(most, rounds)) + children * node(depth + 1);
  }

 private:
  std::size_t node(std::size_t depth) const {
    if (depth > static_cast<std::size_t>(settings_.profile_level)) {
      return leaf(0);
    }
    return parent(depth, depth == 1 ? settings_.max_subcategories : settings_.max_levels);
  }

  const Settings& settings_;
};

}  // namespace

std::size_t Plan::most_calls() const {
  const Bound bound(settings_);
  std::size_t calls = 0;
  for (const std::unique_ptr<Node>& node : nodes_) {
    if (node->job() == nullptr || node->job()->done()) {
      continue;
    }
    if (node->qa != nullptr) {
      calls += bound.leaf(node->qa->yields().size());
      continue;
    }
    const std::size_t children = node->proposal->task().rules.cap;
    calls += node->gate != nullptr
                 ? bound.gate(node->depth, node->gate->rounds().size() - 1, children)
                 : bound.parent(node->depth, children);
  }
  return calls;
}

}  // namespace wend::synth
