// SPDX-License-Identifier: Apache-2.0
// The tree is not known before it is grown, so what is left is counted with the caps where nothing
// better is known. Gates that go on and replies that are asked for again pass it; the bound that
// nothing passes is in plan_bound.cc.
#include <algorithm>

#include "wend/synth/plan.h"
#include "wend/synth/plan_node.h"

namespace wend::synth {
namespace {

using Calls = std::array<double, kRoles>;

void add(Calls& into, const Calls& more, double times) {
  for (std::size_t role = 0; role < kRoles; ++role) {
    into[role] += times * more[role];
  }
}

double& of(Calls& calls, Role role) {
  return calls[static_cast<std::size_t>(role)];
}

/// What there will be below a node that is not there yet.
struct Below {
  Calls calls{};
  double leaves = 0;
};

class Forecast {
 public:
  explicit Forecast(const Settings& settings) : settings_(settings) {}

  /// Rounds that a gate takes: it changes once, then rests.
  double rounds() const {
    return static_cast<double>(
        std::min(settings_.gate.stable_rounds + 1, settings_.gate.max_rounds));
  }

  double batches(std::size_t pairs) const {
    const std::size_t batch = settings_.qa.batch;
    return batch == 0 ? 0 : static_cast<double>((pairs + batch - 1) / batch);
  }

  /// A leaf that is to get so many pairs yet.
  Below leaf(std::size_t missing) const {
    Below below;
    of(below.calls, Role::kPairs) = batches(missing);
    below.leaves = 1;
    return below;
  }

  /// All work on a node of a depth that gets no questions of its own, and below it.
  Below parent(std::size_t depth, double children) const {
    Below below = gate(depth, rounds(), children);
    of(below.calls, Role::kNodes) += 1;
    return below;
  }

  /// The same of any node.
  Below node(std::size_t depth) const {
    return depth > static_cast<std::size_t>(settings_.profile_level)
               ? leaf(settings_.qa.shots)
               : parent(depth, children(depth));
  }

  /// The rounds that are left of a gate, and what its children bring.
  Below gate(std::size_t depth, double rounds_left, double children) const {
    Below below;
    of(below.calls, Role::kRevise) = rounds_left;
    of(below.calls, Role::kChoose) = rounds_left;
    const Below child = node(depth + 1);
    add(below.calls, child.calls, children);
    below.leaves = children * child.leaves;
    return below;
  }

  double children(std::size_t depth) const {
    if (depth == 0) {
      return static_cast<double>(settings_.description.empty() ? settings_.max_new_domains
                                                               : settings_.max_domains);
    }
    return static_cast<double>(depth == 1 ? settings_.max_subcategories : settings_.max_levels);
  }

 private:
  const Settings& settings_;
};

}  // namespace

Estimate Plan::estimate() const {
  const Forecast forecast(settings_);
  Calls calls{};
  double leaves = static_cast<double>(standing_.leaves);
  for (std::size_t index = 0; index < nodes_.size(); ++index) {
    const std::unique_ptr<Node>& node = nodes_[index];
    if (node->job() == nullptr || node->job()->done()) {
      continue;
    }
    const double children = settings_.branch && index == top_
                                ? static_cast<double>(settings_.branch->room)
                                : forecast.children(node->depth);
    Below below;
    if (node->qa != nullptr) {
      below = forecast.leaf(settings_.qa.shots - node->pair_count());
      below.leaves = 0;  // Counted among those that are there.
    } else if (node->gate != nullptr) {
      const auto made = static_cast<double>(node->gate->rounds().size() - 1);
      below = forecast.gate(node->depth, std::max(1.0, forecast.rounds() - made), children);
    } else {
      below = forecast.parent(node->depth, children);
    }
    add(calls, below.calls, 1);
    leaves += below.leaves;
  }
  Estimate estimate;
  estimate.reused = reused_;
  estimate.most_calls = most_calls();
  estimate.leaves = static_cast<std::size_t>(leaves);
  estimate.pairs = estimate.leaves * settings_.qa.shots;
  for (std::size_t role = 0; role < kRoles; ++role) {
    const RoleCount count =
        caller_.expect(static_cast<Role>(role), static_cast<std::size_t>(calls[role]));
    estimate.by_role[role] = count;
    estimate.calls += count.calls;
    estimate.input_tokens += count.input_tokens;
    estimate.output_tokens += count.output_tokens;
    estimate.cost += count.cost;
    estimate.unpriced_calls += caller_.is_priced() ? 0 : count.calls;
  }
  return estimate;
}

}  // namespace wend::synth
