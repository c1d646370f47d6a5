// SPDX-License-Identifier: Apache-2.0
#include "wend/text/wordpiece.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "wend/text/special_tokens.h"
#include "wend/text/tokenizer_file.h"
#include "wend/text/word_reader.h"
#include "wend/text/word_trie.h"

namespace wend::text {
namespace {

using base::Code;
using base::fail;

struct TrieEntries {
  std::vector<WordTrie::Entry> words;
  std::vector<WordTrie::Entry> continuations;
};

// A token "##ing" continues a word; "##" by itself can do neither, since '#' is punctuation and
// stands alone.
TrieEntries split_vocabulary(const std::vector<Token>& tokens) {
  TrieEntries entries;
  for (const Token& token : tokens) {
    const std::string_view text = token.text;
    if (text.starts_with("##") && text.size() > 2) {
      entries.continuations.emplace_back(text.substr(2), token.id);
    } else if (!text.empty()) {
      entries.words.emplace_back(text, token.id);
    }
  }
  return entries;
}

base::Result<std::int32_t> find_token(const std::vector<Token>& tokens, std::string_view text) {
  const auto found =
      std::find_if(tokens.begin(), tokens.end(), [&](const Token& t) { return t.text == text; });
  if (found == tokens.end()) {
    return fail(Code::kInvalidArgument, "the vocabulary has no '{}'", text);
  }
  return found->id;
}

base::Status expect_distinct(const std::vector<Token>& tokens) {
  std::unordered_map<std::string_view, std::int32_t> ids;
  std::unordered_map<std::int32_t, std::string_view> texts;
  for (const Token& token : tokens) {
    if (!ids.emplace(token.text, token.id).second && !token.text.empty()) {
      return fail(Code::kInvalidArgument, "the vocabulary has '{}' twice", token.text);
    }
    if (!texts.emplace(token.id, token.text).second) {
      return fail(Code::kInvalidArgument, "the vocabulary has id {} twice", token.id);
    }
  }
  return {};
}

}  // namespace

struct WordPiece::Vocabulary {
  Vocabulary(const TokenizerFile& file, TrieEntries entries)
      : trie(std::move(entries.words), std::move(entries.continuations)),
        special(file.special),
        max_word_code_points(file.max_word_code_points) {}

  WordTrie trie;
  SpecialTokenFinder special;
  std::size_t max_word_code_points;
  std::size_t size = 0;
  std::int32_t unknown = 0;
  std::int32_t cls = 0;
  std::int32_t sep = 0;
};

namespace {

/// Greedy longest match of one word after another.
class Matcher {
 public:
  Matcher(const WordTrie& trie, std::int32_t unknown, std::vector<std::int32_t>& ids)
      : trie_(trie), unknown_(unknown), ids_(ids) {}

  void match(std::string_view word) {
    const std::size_t begin = ids_.size();
    std::uint32_t root = trie_.word_root();
    while (!word.empty()) {
      const std::size_t length = longest_piece(word, root);
      if (length == 0) {
        ids_.resize(begin);
        ids_.push_back(unknown_);
        return;
      }
      word.remove_prefix(length);
      root = trie_.continuation_root();
    }
  }

  void unknown() { ids_.push_back(unknown_); }

  std::size_t steps() const { return steps_; }

 private:
  // Appends the id of the longest piece that the word begins with and returns its bytes, 0 where
  // there is none.
  std::size_t longest_piece(std::string_view word, std::uint32_t node) {
    std::size_t length = 0;
    std::int32_t id = WordTrie::kNoId;
    for (std::size_t i = 0; i < word.size(); ++i) {
      ++steps_;
      node = trie_.child(node, static_cast<unsigned char>(word[i]));
      if (node == WordTrie::kNone) {
        break;
      }
      if (trie_.id(node) != WordTrie::kNoId) {
        id = trie_.id(node);
        length = i + 1;
      }
    }
    if (length > 0) {
      ids_.push_back(id);
    }
    return length;
  }

  const WordTrie& trie_;
  std::int32_t unknown_;
  std::vector<std::int32_t>& ids_;
  std::size_t steps_ = 0;
};

}  // namespace

WordPiece::WordPiece(std::unique_ptr<const Vocabulary> vocabulary)
    : vocabulary_(std::move(vocabulary)) {}

WordPiece::WordPiece(WordPiece&&) noexcept = default;
WordPiece& WordPiece::operator=(WordPiece&&) noexcept = default;
WordPiece::~WordPiece() = default;

base::Result<WordPiece> WordPiece::build(const TokenizerFile& file) {
  TRY(expect_distinct(file.vocabulary));
  auto vocabulary = std::make_unique<Vocabulary>(file, split_vocabulary(file.vocabulary));
  vocabulary->unknown = TRY(find_token(file.vocabulary, "[UNK]"));
  vocabulary->cls = TRY(find_token(file.vocabulary, "[CLS]"));
  vocabulary->sep = TRY(find_token(file.vocabulary, "[SEP]"));
  for (const Token& token : file.vocabulary) {
    vocabulary->size = std::max(vocabulary->size, static_cast<std::size_t>(token.id) + 1);
  }
  return WordPiece(std::move(vocabulary));
}

base::Result<WordPiece> WordPiece::load(const std::string& folder) {
  auto built = build(TRY(read_tokenizer_file(folder)));
  if (!built) {
    return base::pass_on(std::move(built), folder);
  }
  return built;
}

base::Result<WordPiece> WordPiece::from_vocabulary(std::string_view lines) {
  return build(TRY(parse_vocabulary_text(lines, "vocabulary")));
}

std::size_t WordPiece::pieces(std::string_view text,
                              SpecialTokens special,
                              std::vector<std::int32_t>& ids) const {
  Matcher matcher(vocabulary_->trie, vocabulary_->unknown, ids);
  const auto take = [&](std::string_view part) {
    read_words(part, vocabulary_->max_word_code_points, matcher);
  };
  if (special == SpecialTokens::kEscape) {
    take(text);
    return matcher.steps();
  }
  std::size_t done = 0;
  while (const auto match = vocabulary_->special.find(text, done)) {
    take(text.substr(done, match->begin - done));
    ids.push_back(match->id);
    done = match->end;
  }
  take(text.substr(done));
  return matcher.steps();
}

std::int32_t WordPiece::cls_id() const {
  return vocabulary_->cls;
}

std::int32_t WordPiece::sep_id() const {
  return vocabulary_->sep;
}

std::size_t WordPiece::vocabulary_size() const {
  return vocabulary_->size;
}

}  // namespace wend::text
