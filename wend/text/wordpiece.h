// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "wend/base/result.h"

namespace wend::text {

struct TokenizerFile;

/// Whether "[SEP]" and its like, written literally in a text, become their ids (as the reference
/// tokenizer does) or stay ordinary text (untrusted prompts).
enum class SpecialTokens { kParse, kEscape };

/// BERT's WordPiece with the ids of the Hugging Face tokenizers library (algorithms.md 9.3).
/// Immutable, safe from any thread.
class WordPiece {
 public:
  /// Reads `tokenizer.json`, or else `vocab.txt`, of a Hugging Face folder.
  static base::Result<WordPiece> load(const std::string& folder);

  /// The same from the lines of a `vocab.txt`.
  static base::Result<WordPiece> from_vocabulary(std::string_view lines);

  WordPiece(WordPiece&&) noexcept;
  WordPiece& operator=(WordPiece&&) noexcept;
  ~WordPiece();

  /// Appends the piece ids of a text, without [CLS] and [SEP]; malformed UTF-8 is decoded with
  /// replacement. Returns the number of steps taken in the vocabulary's trie, which is linear in
  /// the text.
  std::size_t pieces(std::string_view text,
                     SpecialTokens special,
                     std::vector<std::int32_t>& ids) const;

  std::int32_t cls_id() const;
  std::int32_t sep_id() const;
  std::size_t vocabulary_size() const;

 private:
  struct Vocabulary;
  static base::Result<WordPiece> build(const TokenizerFile& file);
  explicit WordPiece(std::unique_ptr<const Vocabulary> vocabulary);
  std::unique_ptr<const Vocabulary> vocabulary_;
};

}  // namespace wend::text
