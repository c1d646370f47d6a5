// SPDX-License-Identifier: Apache-2.0
#include "wend/text/word_trie.h"

#include <map>
#include <string>

#include <gtest/gtest.h>

#include "wend/base/random.h"

namespace wend::text {
namespace {

std::int32_t find(const WordTrie& trie, std::uint32_t node, std::string_view key) {
  for (const char c : key) {
    node = trie.child(node, static_cast<unsigned char>(c));
    if (node == WordTrie::kNone) {
      return WordTrie::kNoId;
    }
  }
  return trie.id(node);
}

TEST(WordTrie, KeepsWordsAndContinuationsApart) {
  const WordTrie trie({{"a", 1}, {"ab", 2}, {"b", 3}}, {{"ab", 4}, {"c", 5}});
  EXPECT_EQ(find(trie, trie.word_root(), "a"), 1);
  EXPECT_EQ(find(trie, trie.word_root(), "ab"), 2);
  EXPECT_EQ(find(trie, trie.word_root(), "c"), WordTrie::kNoId);
  EXPECT_EQ(find(trie, trie.continuation_root(), "ab"), 4);
  EXPECT_EQ(find(trie, trie.continuation_root(), "a"), WordTrie::kNoId);
  EXPECT_EQ(find(trie, trie.continuation_root(), "b"), WordTrie::kNoId);
}

TEST(WordTrie, HoldsNothingWhenEmpty) {
  const WordTrie trie({}, {});
  for (unsigned byte = 0; byte < 256; ++byte) {
    EXPECT_EQ(trie.child(trie.word_root(), static_cast<unsigned char>(byte)), WordTrie::kNone);
    EXPECT_EQ(trie.child(trie.continuation_root(), static_cast<unsigned char>(byte)),
              WordTrie::kNone);
  }
}

// Keys over few letters share prefixes, keys over all bytes crowd the array; every string up to a
// length is asked for.
TEST(WordTrie, AnswersAsAMapDoesOnRandomKeys) {
  base::Random random(1);
  for (const unsigned letters : {2U, 256U}) {
    std::map<std::string, std::int32_t> keys;
    for (std::int32_t id = 0; id < 500; ++id) {
      std::string key;
      for (std::uint64_t left = 1 + random.below(6); left > 0; --left) {
        key += static_cast<char>(random.below(letters));
      }
      keys.emplace(key, id);
    }
    const std::vector<WordTrie::Entry> entries(keys.begin(), keys.end());
    const WordTrie trie(entries, entries);
    for (int probe = 0; probe < 5000; ++probe) {
      std::string key;
      for (std::uint64_t left = 1 + random.below(6); left > 0; --left) {
        key += static_cast<char>(random.below(letters));
      }
      const auto known = keys.find(key);
      const std::int32_t expected = known == keys.end() ? WordTrie::kNoId : known->second;
      ASSERT_EQ(find(trie, trie.word_root(), key), expected);
      ASSERT_EQ(find(trie, trie.continuation_root(), key), expected);
    }
    for (const auto& [key, id] : keys) {
      ASSERT_EQ(find(trie, trie.word_root(), key), id);
    }
  }
}

}  // namespace
}  // namespace wend::text
