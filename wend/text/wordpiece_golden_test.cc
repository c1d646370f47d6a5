// SPDX-License-Identifier: Apache-2.0
// Ids against those that tests/golden/wordpiece/record.py recorded from the reference; its head
// tells the files. A slice runs always, everything in the Slow suite (WEND_SLOW=1).
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "tests/golden/wordpiece/text_maker.h"
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "wend/base/compression.h"
#include "wend/base/file.h"
#include "wend/base/hash.h"
#include "wend/text/routing_text.h"
#include "wend/text/utf8.h"
#include "wend/text/wordpiece.h"

namespace wend::text {
namespace {

using nlohmann::json;
using Ids = std::vector<std::int32_t>;
using Rows = std::vector<std::vector<std::string>>;

constexpr std::uint64_t kTextsInChunk = 500;

std::string encoder_folder() {
  const char* given = std::getenv("WEND_ENCODER");
  return given != nullptr ? given : base::cache_folder() + "/encoder/all-MiniLM-L6-v2";
}

std::vector<std::string> lines_of(const std::string& path) {
  std::istringstream stream(base::read_file(path).value());
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(line);
  }
  return lines;
}

std::string fixture(const std::string& name) {
  return std::string(WEND_SOURCE_DIR) + "/tests/golden/wordpiece/" + name;
}

Rows rows_of(const std::string& name) {
  Rows rows;
  for (const std::string& line : lines_of(fixture(name))) {
    std::istringstream stream(line);
    rows.emplace_back();
    for (std::string cell; std::getline(stream, cell, '\t');) {
      rows.back().push_back(cell);
    }
  }
  return rows;
}

// The digest of record.py: of each item its number of elements and the elements, as they lie in
// memory.
class Digest {
 public:
  template <class Items>
  void add(const Items& items) {
    const auto count = static_cast<std::uint32_t>(items.size());
    hash_.update({reinterpret_cast<const char*>(&count), sizeof(count)});
    hash_.update({reinterpret_cast<const char*>(items.data()), items.size() * sizeof(items[0])});
  }

  std::string finish() { return base::to_hex(hash_.finish()).substr(0, 16); }

 private:
  base::Sha256 hash_;
};

Ids pieces(const WordPiece& tokenizer, std::string_view text, SpecialTokens special) {
  Ids ids;
  tokenizer.pieces(text, special, ids);
  return ids;
}

class WordPieceGolden : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(encoder_folder() + "/tokenizer.json")) {
      GTEST_SKIP() << "no tokenizer.json in " << encoder_folder()
                   << "; set WEND_ENCODER to the encoder's folder";
    }
    auto loaded = WordPiece::load(encoder_folder());
    ASSERT_TRUE(loaded) << loaded.error().message;
    tokenizer_ = std::make_unique<WordPiece>(std::move(*loaded));
  }

  static TextMaker maker() {
    return {lines_of(encoder_folder() + "/vocab.txt"), lines_of(fixture("fragments.txt"))};
  }

  // Rows of 256 code points: all of the first planes' start, every `stride`th of the rest.
  void compare_code_points(std::size_t stride) const {
    const Rows rows = rows_of("code_points.tsv");
    ASSERT_EQ(rows.size(), 0x110000U / 256);
    for (std::size_t row = 0; row < rows.size(); row += row < 0x34 ? 1 : stride) {
      EXPECT_EQ(digest_of_block(static_cast<char32_t>(row * 256)), rows[row][1])
          << "code points from U+" << rows[row][0];
    }
  }

  std::string digest_of_block(char32_t first) const {
    Digest digest;
    for (const char* side : {"", "x"}) {
      for (char32_t c = first; c < first + 256; ++c) {
        if (c < 0xD800 || c > 0xDFFF) {
          std::string text;
          append_utf8(c, text);
          digest.add(
              pieces(*tokenizer_, *side == 0 ? text : "a" + text + "b", SpecialTokens::kParse));
        }
      }
    }
    return digest.finish();
  }

  void compare_texts(std::size_t most_chunks) const {
    const TextMaker texts = maker();
    const Rows rows = rows_of("texts.tsv");
    ASSERT_GE(rows.size() * kTextsInChunk, 100'000U);
    for (std::size_t row = 0; row < std::min(most_chunks, rows.size()); ++row) {
      EXPECT_EQ(digest_of_texts(*tokenizer_, texts, row, SpecialTokens::kParse), rows[row][1])
          << "texts from number " << rows[row][0];
      EXPECT_EQ(digest_of_texts(*tokenizer_, texts, row, SpecialTokens::kEscape), rows[row][2])
          << "texts from number " << rows[row][0] << ", special tokens as text";
    }
  }

  static void compare_revealed(std::size_t most_chunks) {
    const TextMaker texts = maker();
    const auto revealing = WordPiece::from_vocabulary(revealing_vocabulary());
    ASSERT_TRUE(revealing) << revealing.error().message;
    const Rows rows = rows_of("revealed.tsv");
    for (std::size_t row = 0; row < std::min(most_chunks, rows.size()); ++row) {
      EXPECT_EQ(digest_of_texts(*revealing, texts, row, SpecialTokens::kEscape), rows[row][1])
          << "texts from number " << rows[row][0];
    }
  }

  static std::string digest_of_texts(const WordPiece& tokenizer,
                                     const TextMaker& texts,
                                     std::size_t chunk,
                                     SpecialTokens special) {
    Digest digest;
    for (std::uint64_t i = 0; i < kTextsInChunk; ++i) {
      digest.add(pieces(tokenizer, texts.text(chunk * kTextsInChunk + i), special));
    }
    return digest.finish();
  }

  // Every character is a token, so that the ids spell the normalised text, the order of its marks
  // included.
  static std::string revealing_vocabulary() {
    std::string lines = "[UNK]\n[CLS]\n[SEP]\n";
    for (const char* prefix : {"", "##"}) {
      for (const auto& [first, end] :
           std::vector<std::pair<char32_t, char32_t>>{{0x21, 0x3400},
                                                      {0xA000, 0xAC00},
                                                      {0xF900, 0x12000},
                                                      {0x1D100, 0x1D200},
                                                      {0x1E000, 0x1E950}}) {
        for (char32_t c = first; c < end; ++c) {
          lines += prefix;
          append_utf8(c, lines);
          lines += '\n';
        }
      }
    }
    return lines;
  }

  std::unique_ptr<WordPiece> tokenizer_;
};

class WordPieceGoldenSlow : public WordPieceGolden {
 protected:
  void SetUp() override {
    if (std::getenv("WEND_SLOW") == nullptr) {
      GTEST_SKIP() << "slow: set WEND_SLOW=1 to compare everything";
    }
    WordPieceGolden::SetUp();
  }
};

std::string bytes_of_hex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

TEST_F(WordPieceGolden, LiteralTextsHaveTheReferencesIds) {
  for (const std::string& line : lines_of(fixture("literals.jsonl"))) {
    const json entry = json::parse(line);
    const std::string text =
        entry.contains("hex") ? bytes_of_hex(entry["hex"]) : entry["text"].get<std::string>();
    const Ids parsed = entry["ids"].get<Ids>();
    const Ids escaped = entry.contains("escaped_ids") ? entry["escaped_ids"].get<Ids>() : parsed;
    EXPECT_EQ(pieces(*tokenizer_, text, SpecialTokens::kParse), parsed) << line;
    EXPECT_EQ(pieces(*tokenizer_, text, SpecialTokens::kEscape), escaped) << line;
  }
}

TEST_F(WordPieceGolden, KnowsBertsConstants) {
  EXPECT_EQ(tokenizer_->cls_id(), 101);
  EXPECT_EQ(tokenizer_->sep_id(), 102);
  EXPECT_EQ(tokenizer_->vocabulary_size(), 30522U);
}

// vocab.txt alone gives what tokenizer.json gives.
TEST_F(WordPieceGolden, ReadsVocabularyTextToTheSameIds) {
  const auto plain =
      WordPiece::from_vocabulary(base::read_file(encoder_folder() + "/vocab.txt").value());
  ASSERT_TRUE(plain);
  const TextMaker texts = maker();
  for (std::uint64_t i = 0; i < 500; ++i) {
    EXPECT_EQ(pieces(*plain, texts.text(i), SpecialTokens::kParse),
              pieces(*tokenizer_, texts.text(i), SpecialTokens::kParse));
  }
}

TEST_F(WordPieceGolden, CodePointsHaveTheReferencesIds) {
  compare_code_points(37);
}

TEST_F(WordPieceGolden, TwentyThousandTextsHaveTheReferencesIds) {
  compare_texts(40);
}

TEST_F(WordPieceGolden, NormalisesAsTheReferenceDoes) {
  compare_revealed(10);
}

// Real words of the real vocabulary, glued so that many walks fail late.
TEST_F(WordPieceGolden, TakesStepsInLinearNumber) {
  const TextMaker texts = maker();
  std::string text;
  for (std::uint64_t i = 4; text.size() < 1'000'000; i += 8) {
    text += texts.text(i);
  }
  Ids ids;
  const std::size_t few = tokenizer_->pieces(text.substr(0, 100'000), SpecialTokens::kParse, ids);
  const std::size_t many =
      tokenizer_->pieces(text.substr(0, 1'000'000), SpecialTokens::kParse, ids);
  EXPECT_LE(many, 12 * few);
}

TEST_F(WordPieceGoldenSlow, EveryCodePointHasTheReferencesIds) {
  compare_code_points(1);
}

TEST_F(WordPieceGoldenSlow, EveryTextHasTheReferencesIds) {
  compare_texts(SIZE_MAX);
}

TEST_F(WordPieceGoldenSlow, EveryTextIsNormalisedAsTheReferenceDoes) {
  compare_revealed(SIZE_MAX);
}

struct PromptDigests {
  std::size_t prompts = 0;
  Digest bytes;
  Digest ids;
  Digest routing;
};

base::Status read_prompts(const std::string& path,
                          const WordPiece& tokenizer,
                          PromptDigests& digests) {
  return base::for_each_line(path, [&](std::string_view line, std::size_t) -> base::Status {
    const json query = json::parse(line);
    const auto& prompt = query["prompt"].get_ref<const std::string&>();
    const json context = query.value("context", json());
    const std::string text =
        routing_text(context.is_string() ? context.get<std::string>() : "", prompt);
    ++digests.prompts;
    digests.bytes.add(prompt);
    digests.ids.add(pieces(tokenizer, prompt, SpecialTokens::kParse));
    digests.routing.add(routing_ids(tokenizer, text));
    return {};
  });
}

TEST_F(WordPieceGoldenSlow, EveryPromptOfTheDataHasTheReferencesIds) {
  const char* data = std::getenv("WEND_DATA");
  if (data == nullptr) {
    GTEST_SKIP() << "WEND_DATA is not set: no prompts to compare";
  }
  for (const std::vector<std::string>& row : rows_of("prompts.tsv")) {
    PromptDigests digests;
    const std::string path =
        base::find_compressed(std::string(data) + "/" + row[0] + "/queries.jsonl");
    ASSERT_FALSE(path.empty()) << "no queries of " << row[0] << " in " << data;
    const base::Status read = read_prompts(path, *tokenizer_, digests);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(std::to_string(digests.prompts), row[1]) << row[0];
    ASSERT_EQ(digests.bytes.finish(), row[2])
        << row[0] << " has other prompts than were recorded; run record.py";
    EXPECT_EQ(digests.ids.finish(), row[3]) << row[0];
    EXPECT_EQ(digests.routing.finish(), row[4]) << row[0];
  }
}

}  // namespace
}  // namespace wend::text
