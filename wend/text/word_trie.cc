// SPDX-License-Identifier: Apache-2.0
#include "wend/text/word_trie.h"

#include <algorithm>

namespace wend::text {

WordTrie::WordTrie(std::vector<Entry> words, std::vector<Entry> continuations) {
  grow_to_hold(continuation_root_);
  nodes_[word_root_].parent = kRoot;
  nodes_[continuation_root_].parent = kRoot;
  first_free_ = 2;
  add(word_root_, words);
  add(continuation_root_, continuations);
}

void WordTrie::grow_to_hold(std::size_t index) {
  if (index >= nodes_.size()) {
    nodes_.resize((index / 256 + 1) * 256);
  }
}

// Breadth first: the crowded nodes near the root find room early, the many with one child fill the
// gaps.
void WordTrie::add(std::uint32_t root, std::vector<Entry>& entries) {
  std::sort(entries.begin(), entries.end());
  std::vector<Pending> queue{{root, entries.data(), entries.data() + entries.size(), 0}};
  for (std::size_t i = 0; i < queue.size(); ++i) {
    place_children(Pending(queue[i]), queue);
  }
}

void WordTrie::place_children(const Pending& pending, std::vector<Pending>& queue) {
  std::vector<unsigned char> bytes;
  std::vector<Pending> children;
  const Entry* at = pending.begin;
  if (at != pending.end && at->first.size() == pending.depth) {
    nodes_[pending.node].id = at->second;
    ++at;
  }
  while (at != pending.end) {
    const char byte = at->first[pending.depth];
    const Entry* after = std::find_if(
        at, pending.end, [&](const Entry& entry) { return entry.first[pending.depth] != byte; });
    bytes.push_back(static_cast<unsigned char>(byte));
    children.push_back({0, at, after, pending.depth + 1});
    at = after;
  }
  if (bytes.empty()) {
    return;
  }
  const std::uint32_t base = free_base(bytes);
  nodes_[pending.node].base = base;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    children[i].node = base ^ bytes[i];
    nodes_[children[i].node].parent = pending.node;
    queue.push_back(children[i]);
  }
}

std::uint32_t WordTrie::free_base(const std::vector<unsigned char>& bytes) {
  while (first_free_ < nodes_.size() && nodes_[first_free_].parent != kNone) {
    ++first_free_;
  }
  for (std::size_t slot = first_free_;; ++slot) {
    grow_to_hold(slot);
    const auto base = static_cast<std::uint32_t>(slot) ^ bytes[0];
    grow_to_hold(base | 255U);
    if (std::all_of(bytes.begin(), bytes.end(), [&](unsigned char byte) {
          return nodes_[base ^ byte].parent == kNone;
        })) {
      return base;
    }
  }
}

}  // namespace wend::text
