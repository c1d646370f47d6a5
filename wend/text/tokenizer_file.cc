// SPDX-License-Identifier: Apache-2.0
#include "wend/text/tokenizer_file.h"

#include <array>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "wend/base/file.h"

namespace wend::text {
namespace {

using base::Code;
using base::fail;
using nlohmann::json;

constexpr std::int64_t kMaxId = 1 << 24;
constexpr std::array<std::string_view, 5> kBertSpecialTokens = {
    "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};

// Null for a member that is not there, or whose parent is no object.
const json& member(const json& object, const char* key) {
  static const json kNull;
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() ? *found : kNull;
}

// The value at a path of keys must be one of two; `written` is how the path reads in a message.
base::Status expect(const json& value,
                    const json& expected,
                    const json& or_else,
                    const std::string& path,
                    const char* written) {
  if (value == expected || value == or_else) {
    return {};
  }
  return fail(Code::kUnimplemented,
              "{}: {} is {}, expected {}: only the tokenizer of BERT's uncased models is known",
              path,
              written,
              value.dump(-1, ' ', true, json::error_handler_t::replace),
              expected.dump());
}

// The steps before the model, which are those of algorithms.md 9.3 or the file is refused.
base::Status expect_bert_steps(const json& root, const std::string& path) {
  const json& normalizer = member(root, "normalizer");
  TRY(expect(
      member(normalizer, "type"), "BertNormalizer", "BertNormalizer", path, "normalizer.type"));
  TRY(expect(member(normalizer, "clean_text"), true, true, path, "normalizer.clean_text"));
  TRY(expect(member(normalizer, "handle_chinese_chars"),
             true,
             true,
             path,
             "normalizer.handle_chinese_chars"));
  TRY(expect(member(normalizer, "strip_accents"), true, nullptr, path, "normalizer.strip_accents"));
  TRY(expect(member(normalizer, "lowercase"), true, true, path, "normalizer.lowercase"));
  const json& splitter = member(root, "pre_tokenizer");
  return expect(
      member(splitter, "type"), "BertPreTokenizer", "BertPreTokenizer", path, "pre_tokenizer.type");
}

base::Status expect_wordpiece(const json& model, const std::string& path) {
  TRY(expect(member(model, "type"), "WordPiece", "WordPiece", path, "model.type"));
  TRY(expect(member(model, "unk_token"), "[UNK]", "[UNK]", path, "model.unk_token"));
  return expect(member(model, "continuing_subword_prefix"),
                "##",
                "##",
                path,
                "model.continuing_subword_prefix");
}

base::Result<std::int32_t> token_id(const json& value,
                                    const std::string& token,
                                    const std::string& path) {
  if (value.is_number_integer() && value >= 0 && value < kMaxId) {
    return value.get<std::int32_t>();
  }
  return fail(Code::kInvalidArgument,
              "{}: the id of token '{}' is {}, expected a whole number from 0 to {}",
              path,
              token,
              value.dump(-1, ' ', true, json::error_handler_t::replace),
              kMaxId - 1);
}

base::Result<std::vector<Token>> read_vocabulary(const json& vocab, const std::string& path) {
  if (!vocab.is_object() || vocab.empty()) {
    return fail(Code::kInvalidArgument,
                "{}: model.vocab is missing, expected an object of token and id",
                path);
  }
  std::vector<Token> tokens;
  tokens.reserve(vocab.size());
  for (const auto& [token, id] : vocab.items()) {
    tokens.push_back({token, TRY(token_id(id, token, path))});
  }
  return tokens;
}

// Blanks that a token eats on its sides (lstrip, rstrip) make no ids, so they need no care; the
// other flags do.
base::Result<Token> read_added_token(const json& added, const std::string& path) {
  const json& content = member(added, "content");
  if (!content.is_string() || content.get_ref<const std::string&>().empty()) {
    return fail(Code::kInvalidArgument, "{}: an entry of added_tokens has no 'content' text", path);
  }
  const auto& text = content.get_ref<const std::string&>();
  TRY(expect(member(added, "special"), true, true, path, "added_tokens[].special"));
  TRY(expect(member(added, "normalized"), false, false, path, "added_tokens[].normalized"));
  TRY(expect(member(added, "single_word"), false, nullptr, path, "added_tokens[].single_word"));
  return Token{text, TRY(token_id(member(added, "id"), text, path))};
}

base::Result<std::size_t> read_word_limit(const json& value, const std::string& path) {
  if (value.is_null()) {
    return std::size_t{100};
  }
  if (value.is_number_integer() && value >= 1 && value <= kMaxWordCodePoints) {
    return value.get<std::size_t>();
  }
  return fail(Code::kInvalidArgument,
              "{}: model.max_input_chars_per_word is {}, expected 1 to {}",
              path,
              value.dump(),
              kMaxWordCodePoints);
}

// A folder that has only vocab.txt may say in tokenizer_config.json that its model is a cased one.
base::Status expect_uncased(const std::filesystem::path& folder) {
  const std::string path = (folder / "tokenizer_config.json").string();
  if (!std::filesystem::exists(path)) {
    return {};
  }
  const json config = json::parse(TRY(base::read_file(path)), nullptr, false);
  return expect(member(config, "do_lower_case"), true, nullptr, path, "do_lower_case");
}

}  // namespace

base::Result<TokenizerFile> parse_tokenizer_json(std::string_view content,
                                                 const std::string& path) {
  const json root = json::parse(content, nullptr, false);
  if (!root.is_object()) {
    return fail(Code::kDataLoss, "{}: expected a JSON object; is the file whole?", path);
  }
  TRY(expect_bert_steps(root, path));
  const json& model = member(root, "model");
  TRY(expect_wordpiece(model, path));
  TokenizerFile file;
  file.vocabulary = TRY(read_vocabulary(member(model, "vocab"), path));
  file.max_word_code_points = TRY(read_word_limit(member(model, "max_input_chars_per_word"), path));
  for (const json& added : member(root, "added_tokens")) {
    file.special.push_back(TRY(read_added_token(added, path)));
  }
  return file;
}

base::Result<TokenizerFile> parse_vocabulary_text(std::string_view content,
                                                  const std::string& path) {
  TokenizerFile file;
  while (!content.empty()) {
    const std::size_t end = content.find('\n');
    std::string_view line = content.substr(0, end);
    content.remove_prefix(end == std::string_view::npos ? content.size() : end + 1);
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    const auto id = static_cast<std::int32_t>(file.vocabulary.size());
    if (id >= kMaxId) {
      return fail(Code::kInvalidArgument, "{}: more than {} tokens", path, kMaxId);
    }
    file.vocabulary.push_back({std::string(line), id});
  }
  for (const Token& token : file.vocabulary) {
    if (std::find(kBertSpecialTokens.begin(), kBertSpecialTokens.end(), token.text) !=
        kBertSpecialTokens.end()) {
      file.special.push_back(token);
    }
  }
  return file;
}

base::Result<TokenizerFile> read_tokenizer_file(const std::string& folder) {
  const std::filesystem::path root(folder);
  const std::string json_path = (root / "tokenizer.json").string();
  if (std::filesystem::exists(json_path)) {
    return parse_tokenizer_json(TRY(base::read_file(json_path)), json_path);
  }
  const std::string text_path = (root / "vocab.txt").string();
  if (std::filesystem::exists(text_path)) {
    TRY(expect_uncased(root));
    return parse_vocabulary_text(TRY(base::read_file(text_path)), text_path);
  }
  return fail(Code::kNotFound,
              "{}: no tokenizer.json and no vocab.txt, expected the folder of a Hugging Face BERT",
              folder);
}

}  // namespace wend::text
