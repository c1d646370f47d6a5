// SPDX-License-Identifier: Apache-2.0
// The vocabulary as a double-array trie over bytes (Aoe 1989): the child of node n by byte b is
// nodes[n.base ^ b], and it is one if its `parent` is n. One load a byte, no search. Words and
// continuations ("##ing") hang under two roots of one array.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace wend::text {

class WordTrie {
 public:
  using Entry = std::pair<std::string_view, std::int32_t>;

  static constexpr std::uint32_t kNone = 0xFFFFFFFFU;
  static constexpr std::int32_t kNoId = -1;

  /// Keys must be distinct within each list and not empty; ids must not be negative.
  WordTrie(std::vector<Entry> words, std::vector<Entry> continuations);

  std::uint32_t word_root() const { return word_root_; }

  std::uint32_t continuation_root() const { return continuation_root_; }

  /// The child of a node, or kNone.
  std::uint32_t child(std::uint32_t node, unsigned char byte) const {
    const std::uint32_t to = nodes_[node].base ^ byte;
    return nodes_[to].parent == node ? to : kNone;
  }

  /// The id of the key that ends at a node, or kNoId.
  std::int32_t id(std::uint32_t node) const { return nodes_[node].id; }

 private:
  struct Node {
    std::uint32_t base = 0;
    std::uint32_t parent = kNone;
    std::int32_t id = kNoId;
  };

  // The keys of one node: a range of a sorted list whose first `depth` bytes are the way to it.
  struct Pending {
    std::uint32_t node;
    const Entry* begin;
    const Entry* end;
    std::size_t depth;
  };

  static constexpr std::uint32_t kRoot = kNone - 1;

  void add(std::uint32_t root, std::vector<Entry>& entries);
  void place_children(const Pending& pending, std::vector<Pending>& queue);
  std::uint32_t free_base(const std::vector<unsigned char>& bytes);
  void grow_to_hold(std::size_t index);

  std::vector<Node> nodes_;
  std::size_t first_free_ = 0;
  std::uint32_t word_root_ = 0;
  std::uint32_t continuation_root_ = 1;
};

}  // namespace wend::text
