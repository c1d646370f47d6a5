// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/leiden_move.h"

#include <numeric>
#include <vector>

namespace wend::discover {
namespace {

// Each move gains in theory, so that none comes back; but gains are told apart in float, and nodes
// that rounding lets circle would never end. Graphs of discovery take one or two moves a node
// (bench/cluster: 1.3), so what reaches this does circle, and ending it loses no more than
// rounding.
constexpr std::size_t kMostMovesPerNode = 100;

/// A node is in it at most once, so a ring of as many places as nodes is enough.
class NodeQueue {
 public:
  NodeQueue(Node nodes, base::Random& random) : ring_(index(nodes)), waits_(index(nodes), 1) {
    std::iota(ring_.begin(), ring_.end(), 0);
    random.shuffle(std::span(ring_));
    count_ = ring_.size();
  }

  bool empty() const { return count_ == 0; }

  Node pop() {
    const Node node = ring_[head_];
    head_ = head_ + 1 == ring_.size() ? 0 : head_ + 1;
    --count_;
    waits_[index(node)] = 0;
    return node;
  }

  /// The node that is popped after `ahead` others, or some other.
  Node peek(std::size_t ahead) const {
    const std::size_t place = head_ + ahead;
    return ring_[place < ring_.size() ? place : head_];
  }

  void push(Node node) {
    if (waits_[index(node)] == 0) {
      waits_[index(node)] = 1;
      ring_[tail_] = node;
      tail_ = tail_ + 1 == ring_.size() ? 0 : tail_ + 1;
      ++count_;
    }
  }

 private:
  std::vector<Node> ring_;
  std::vector<char> waits_;
  std::size_t head_ = 0;
  std::size_t tail_ = 0;  // As the ring begins full, the first free place is its head.
  std::size_t count_ = 0;
};

class Mover {
 public:
  Mover(const Level& level, const LevelOptions& options, std::span<Node> community)
      : level_(level),
        gamma_(options.gamma),
        least_gain_(1e-10 * options.mean_weight),
        community_(community),
        mass_(community.size()),
        size_(community.size()),
        around_(community.size()) {
    for (std::size_t node = 0; node < community.size(); ++node) {
      mass_[index(community[node])] += level.mass[node];
      ++size_[index(community[node])];
    }
    for (Node c = level.graph.nodes(); c-- > 0;) {
      if (size_[index(c)] == 0) {
        empty_.push_back(c);
      }
    }
  }

  std::size_t run(base::Random& random) {
    NodeQueue queue(level_.graph.nodes(), random);
    const std::size_t most = kMostMovesPerNode * community_.size();
    std::size_t moves = 0;
    while (!queue.empty() && moves < most) {
      level_.graph.prefetch_row(queue.peek(kPrefetchAhead));
      const Node node = queue.pop();
      const Node from = community_[index(node)];
      const Node to = best_community(node);
      if (to != from) {
        move(node, to);
        ++moves;
        for (const Arc arc : level_.graph.arcs(node)) {
          if (community_[index(arc.target)] != to) {
            queue.push(arc.target);
          }
        }
      }
    }
    return moves;
  }

 private:
  /// Where the node's edges minus gamma n_i N_c weigh most, N_c without the node itself.
  Node best_community(Node node) {
    const Node* const community = community_.data();
    for (const Arc arc : level_.graph.arcs(node)) {
      around_.add(community[index(arc.target)], arc.weight);
    }
    const double mass = level_.mass[index(node)];
    const Node own = community_[index(node)];
    Node best = own;
    double most = around_.weight(own) - gamma_ * mass * (mass_[index(own)] - mass) + least_gain_;
    for (const Node c : around_.communities()) {
      const double value = around_.weight(c) - gamma_ * mass * mass_[index(c)];
      if (value > most && c != own) {
        most = value;
        best = c;
      }
    }
    around_.clear();
    return most < 0 && size_[index(own)] > 1 ? empty_.back() : best;
  }

  void move(Node node, Node to) {
    const Node from = community_[index(node)];
    if (--size_[index(from)] == 0) {
      mass_[index(from)] = 0;
      empty_.push_back(from);
    } else {
      mass_[index(from)] -= level_.mass[index(node)];
    }
    if (size_[index(to)]++ == 0) {
      empty_.pop_back();
    }
    mass_[index(to)] += level_.mass[index(node)];
    community_[index(node)] = to;
  }

  const Level& level_;
  double gamma_;
  double least_gain_;
  std::span<Node> community_;
  std::vector<double> mass_;  // per community
  std::vector<Node> size_;
  std::vector<Node> empty_;
  Surroundings<float> around_;
};

}  // namespace

std::size_t move_nodes(const Level& level,
                       const LevelOptions& options,
                       std::span<Node> community,
                       base::Random& random) {
  return Mover(level, options, community).run(random);
}

}  // namespace wend::discover
