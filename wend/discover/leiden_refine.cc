// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/leiden_refine.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace wend::discover {
namespace {

struct Choice {
  Node part;
  double gain;
};

/// A part has the number of the node that began it, which is of the same community.
struct Part {
  double mass;
  double to_rest;  ///< Its edges to the rest of the community.
};

// A part that gains so much less than the best, in units of theta, is drawn once in 10^17.
constexpr double kHopeless = 40;

class Refiner {
 public:
  Refiner(const Level& level, const LevelOptions& options, std::span<const Node> community)
      : level_(level),
        gamma_(options.gamma),
        inverse_theta_(1 / (options.theta * options.mean_weight)),
        community_(community),
        community_mass_(community.size()),
        part_of_(community.size()),
        parts_(community.size()),
        is_single_(community.size(), 1),
        around_(community.size()) {
    std::iota(part_of_.begin(), part_of_.end(), 0);
    for (Node node = 0; node < level.graph.nodes(); ++node) {
      const double mass = level.mass[index(node)];
      community_mass_[index(community[index(node)])] += mass;
      parts_[index(node)] = {mass, weight_to_own_community(node)};
    }
  }

  std::vector<Node> run(base::Random& random) {
    std::vector<Node> order(part_of_.size());
    std::iota(order.begin(), order.end(), 0);
    random.shuffle(std::span(order));
    // Communities do not touch each other's parts, so one after the other is as good as all at
    // once, and what it touches stays in the cache.
    order = sort_members(order, community_, level_.graph.nodes()).nodes;
    for (std::size_t i = 0; i < order.size(); ++i) {
      level_.graph.prefetch_row(order[std::min(i + kPrefetchAhead, order.size() - 1)]);
      const Node node = order[i];
      const double mass = community_mass_[index(community_[index(node)])];
      if (is_single_[index(node)] != 0 && is_well_connected(parts_[index(node)], mass)) {
        const Node to = draw_part(node, mass, random);
        if (to != node) {
          join(node, to);
        }
        around_.clear();
      }
    }
    return std::move(part_of_);
  }

 private:
  double weight_to_own_community(Node node) const {
    const Node* const community = community_.data();
    const Node own = community[index(node)];
    double sum = 0;
    for (const Arc arc : level_.graph.arcs(node)) {
      sum += community[index(arc.target)] == own ? static_cast<double>(arc.weight) : 0;
    }
    return sum;
  }

  bool is_well_connected(const Part& part, double community_mass) const {
    return part.to_rest >= gamma_ * part.mass * (community_mass - part.mass);
  }

  /// Leaves the weights to the parts in around_.
  Node draw_part(Node node, double community_mass, base::Random& random) {
    const Node* const community = community_.data();
    const Node* const part_of = part_of_.data();
    const Node own = community[index(node)];
    for (const Arc arc : level_.graph.arcs(node)) {
      if (community[index(arc.target)] == own) {
        around_.add(part_of[index(arc.target)], arc.weight);
      }
    }
    const double pull = gamma_ * level_.mass[index(node)];
    choices_.assign(1, {node, 0});
    double most = 0;
    for (const Node name : around_.communities()) {
      const Part& part = parts_[index(name)];
      const double gain = around_.weight(name) - pull * part.mass;
      if (gain >= 0 && is_well_connected(part, community_mass)) {
        choices_.push_back({name, gain});
        most = std::max(most, gain);
      }
    }
    return draw(most, random);
  }

  Node draw(double most, base::Random& random) {
    double total = 0;
    for (Choice& choice : choices_) {
      const double behind = (most - choice.gain) * inverse_theta_;
      total += behind < kHopeless ? std::exp(-behind) : 0;
      choice.gain = total;  // From here on the end of its share.
    }
    const double point = random.uniform() * total;
    const auto drawn = std::find_if(choices_.begin(),
                                    choices_.end() - 1,
                                    [&](const Choice& choice) { return point < choice.gain; });
    return drawn->part;
  }

  void join(Node node, Node name) {
    Part& part = parts_[index(name)];
    part.to_rest += parts_[index(node)].to_rest - 2 * around_.weight(name);
    part.mass += level_.mass[index(node)];
    is_single_[index(name)] = 0;
    is_single_[index(node)] = 0;
    part_of_[index(node)] = name;
  }

  const Level& level_;
  double gamma_;
  double inverse_theta_;
  std::span<const Node> community_;
  std::vector<double> community_mass_;
  std::vector<Node> part_of_;
  std::vector<Part> parts_;
  std::vector<char> is_single_;  // a node that nobody has joined and that has joined nobody
  Surroundings<float> around_;
  std::vector<Choice> choices_;
};

}  // namespace

std::vector<Node> refine(const Level& level,
                         const LevelOptions& options,
                         std::span<const Node> community,
                         base::Random& random) {
  return Refiner(level, options, community).run(random);
}

}  // namespace wend::discover
