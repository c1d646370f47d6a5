// SPDX-License-Identifier: Apache-2.0
#include "wend/text/tokenizer_file.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "wend/base/file.h"
#include "wend/text/wordpiece.h"

namespace wend::text {
namespace {

using nlohmann::json;
using testing::HasSubstr;

json good_file() {
  return json::parse(R"({
    "added_tokens": [
      {"id": 0, "content": "[UNK]", "special": true, "normalized": false, "single_word": false, "lstrip": true},
      {"id": 1, "content": "[CLS]", "special": true, "normalized": false},
      {"id": 2, "content": "[SEP]", "special": true, "normalized": false}],
    "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null,
                   "lowercase": true},
    "pre_tokenizer": {"type": "BertPreTokenizer"},
    "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
              "max_input_chars_per_word": 100, "vocab": {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "a": 3, "##b": 4}}})");
}

std::string refusal(const json& file) {
  const auto read = parse_tokenizer_json(file.dump(), "t.json");
  return read ? "" : read.error().message;
}

json changed(const char* pointer, const json& value) {
  json file = good_file();
  file[json::json_pointer(pointer)] = value;
  return file;
}

TEST(TokenizerFile, ReadsVocabularySpecialTokensAndLimit) {
  const auto read = parse_tokenizer_json(good_file().dump(), "t.json");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->vocabulary.size(), 5U);
  EXPECT_EQ(read->special.size(), 3U);
  EXPECT_EQ(read->max_word_code_points, 100U);
}

TEST(TokenizerFile, RefusesWhatWouldGiveOtherIds) {
  EXPECT_THAT(refusal(changed("/normalizer/lowercase", false)),
              HasSubstr("normalizer.lowercase is false, expected true"));
  EXPECT_THAT(refusal(changed("/normalizer/strip_accents", false)), HasSubstr("strip_accents"));
  EXPECT_THAT(refusal(changed("/normalizer/type", "NFC")), HasSubstr("normalizer.type is \"NFC\""));
  EXPECT_THAT(refusal(changed("/normalizer", nullptr)), HasSubstr("normalizer.type is null"));
  EXPECT_THAT(refusal(changed("/pre_tokenizer/type", "Whitespace")),
              HasSubstr("pre_tokenizer.type"));
  EXPECT_THAT(refusal(changed("/model/type", "BPE")),
              HasSubstr("model.type is \"BPE\", expected \"WordPiece\""));
  EXPECT_THAT(refusal(changed("/model/continuing_subword_prefix", "@@")),
              HasSubstr("continuing_subword_prefix"));
  EXPECT_THAT(refusal(changed("/model/max_input_chars_per_word", 100000)),
              HasSubstr("expected 1 to 256"));
  EXPECT_THAT(refusal(changed("/added_tokens/0/normalized", true)),
              HasSubstr("added_tokens[].normalized"));
  EXPECT_THAT(refusal(changed("/added_tokens/0/single_word", true)),
              HasSubstr("added_tokens[].single_word"));
}

TEST(TokenizerFile, RefusesDamageInOneSentenceThatNamesTheFile) {
  EXPECT_THAT(parse_tokenizer_json("{\"a\": ", "t.json").error().message,
              HasSubstr("t.json: expected a JSON object"));
  EXPECT_THAT(parse_tokenizer_json("[]", "t.json").error().message, HasSubstr("t.json"));
  EXPECT_THAT(refusal(changed("/model/vocab", json::array())), HasSubstr("model.vocab is missing"));
  EXPECT_THAT(refusal(changed("/model/vocab/a", -1)), HasSubstr("the id of token 'a' is -1"));
  EXPECT_THAT(refusal(changed("/model/vocab/a", 1.5)), HasSubstr("the id of token 'a' is 1.5"));
  EXPECT_THAT(refusal(changed("/model/vocab/a", std::uint64_t{1} << 63U)),
              HasSubstr("expected a whole number"));
  EXPECT_THAT(refusal(changed("/added_tokens/0/content", "")), HasSubstr("no 'content' text"));
  EXPECT_THAT(refusal(changed("/added_tokens", 7)), HasSubstr("t.json"));
}

TEST(TokenizerFile, TakesVocabularyTextWithEitherLineEnd) {
  const auto read = parse_vocabulary_text("[UNK]\r\n[CLS]\n[SEP]\na\n##b", "vocab.txt");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->vocabulary.size(), 5U);
  EXPECT_EQ(read->vocabulary[0].text, "[UNK]");
  EXPECT_EQ(read->vocabulary[4].id, 4);
  EXPECT_EQ(read->special.size(), 3U);
}

class TokenizerFolder : public testing::Test {
 protected:
  TokenizerFolder()
      : folder_(std::filesystem::temp_directory_path() /
                ("wend_tokenizer_" + std::to_string(getpid()))) {
    std::filesystem::create_directories(folder_);
  }

  ~TokenizerFolder() override { std::filesystem::remove_all(folder_); }

  void write(const char* name, const std::string& content) {
    ASSERT_TRUE(base::write_file_atomically((folder_ / name).string(), content));
  }

  std::string refusal() const {
    const auto loaded = WordPiece::load(folder_.string());
    return loaded ? "" : loaded.error().message;
  }

  std::filesystem::path folder_;
};

TEST_F(TokenizerFolder, WithoutFilesIsRefused) {
  EXPECT_THAT(refusal(), HasSubstr("no tokenizer.json and no vocab.txt"));
}

TEST_F(TokenizerFolder, OfACasedModelIsRefused) {
  write("vocab.txt", "[UNK]\n[CLS]\n[SEP]\na\n");
  EXPECT_EQ(refusal(), "");
  write("tokenizer_config.json", R"({"do_lower_case": false})");
  EXPECT_THAT(refusal(), HasSubstr("do_lower_case is false, expected true"));
}

TEST_F(TokenizerFolder, WithoutASpecialTokenIsRefused) {
  write("vocab.txt", "[UNK]\n[CLS]\na\n");
  EXPECT_THAT(refusal(), HasSubstr("the vocabulary has no '[SEP]'"));
}

TEST_F(TokenizerFolder, WithAnIdOrATokenTwiceIsRefused) {
  write("vocab.txt", "[UNK]\n[CLS]\n[SEP]\na\na\n");
  EXPECT_THAT(refusal(), HasSubstr("has 'a' twice"));
  write("tokenizer.json", changed("/model/vocab/a", 4).dump());
  EXPECT_THAT(refusal(), HasSubstr("has id 4 twice"));
}

}  // namespace
}  // namespace wend::text
