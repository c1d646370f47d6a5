// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wend/base/result.h"

namespace wend::text {

/// A token and its id.
struct Token {
  std::string text;
  std::int32_t id;
};

/// What a Hugging Face folder says about its WordPiece tokenizer.
struct TokenizerFile {
  std::vector<Token> vocabulary;
  std::vector<Token> special;  ///< Tokens that, written literally in a text, may become their ids.
  std::size_t max_word_code_points = 100;
};

/// The longest max_input_chars_per_word that is taken.
inline constexpr std::size_t kMaxWordCodePoints = 256;

/// Reads `tokenizer.json` of a folder, or else `vocab.txt` (a token a line, its id the line's
/// number from 0). A file that asks for another normaliser, splitter or model than BERT's uncased
/// ones is refused, because its ids would be wrong.
base::Result<TokenizerFile> read_tokenizer_file(const std::string& folder);

/// The same from the text of a `vocab.txt`, read from `path`.
base::Result<TokenizerFile> parse_vocabulary_text(std::string_view content,
                                                  const std::string& path);

/// The same from the text of a `tokenizer.json`.
base::Result<TokenizerFile> parse_tokenizer_json(std::string_view content, const std::string& path);

}  // namespace wend::text
