// SPDX-License-Identifier: Apache-2.0
#include "wend/text/wordpiece.h"

#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/base/random.h"

namespace wend::text {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int32_t kUnk = 0;
constexpr std::int32_t kCls = 1;
constexpr std::int32_t kSep = 2;
constexpr std::int32_t kUn = 3;
constexpr std::int32_t kAff = 4;
constexpr std::int32_t kAble = 5;
constexpr std::int32_t kCafe = 6;
constexpr std::int32_t kBang = 7;
constexpr std::int32_t kA = 8;
constexpr std::int32_t kMoreA = 9;
constexpr std::int32_t kAaaa = 10;
constexpr std::int32_t kMiddle = 12;
constexpr std::int32_t kBracket = 13;

const WordPiece& small() {
  static const WordPiece kTokenizer = *WordPiece::from_vocabulary(
      "[UNK]\n[CLS]\n[SEP]\nun\n##aff\n##able\ncafe\n!\na\n##a\n##aaaa\n##aab\n\xE4\xB8\xAD\n["
      "\nsep\n]\n#\n");
  return kTokenizer;
}

std::vector<std::int32_t> ids(std::string_view text,
                              SpecialTokens special = SpecialTokens::kEscape) {
  std::vector<std::int32_t> found;
  small().pieces(text, special, found);
  return found;
}

std::size_t steps(std::string_view text) {
  std::vector<std::int32_t> found;
  return small().pieces(text, SpecialTokens::kEscape, found);
}

std::string repeated(std::string_view unit, std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) {
    text += unit;
  }
  return text;
}

TEST(WordPiece, TakesTheLongestPieceFirst) {
  EXPECT_THAT(ids("unaffable"), ElementsAre(kUn, kAff, kAble));
  EXPECT_THAT(ids("aaaaaa"), ElementsAre(kA, kAaaa, kMoreA));
}

TEST(WordPiece, GivesOneUnknownForAWordThatFailsAnywhere) {
  EXPECT_THAT(ids("unaffablex a"), ElementsAre(kUnk, kA));
  EXPECT_THAT(ids("xun"), ElementsAre(kUnk));
}

TEST(WordPiece, FoldsCaseAccentsAndControls) {
  EXPECT_THAT(ids("CAF\xC3\x89"), ElementsAre(kCafe));
  EXPECT_THAT(ids("Cafe\xCC\x81"), ElementsAre(kCafe));
  EXPECT_THAT(ids(std::string_view("c\0a\x07"
                                   "f\xC2\xAD"
                                   "e\xE2\x80\x8B",
                                   11)),
              ElementsAre(kCafe));
}

TEST(WordPiece, SplitsAtBlanksPunctuationAndIdeographs) {
  EXPECT_THAT(ids("a!a\t!\xC2\xA0"
                  "a"),
              ElementsAre(kA, kBang, kA, kBang, kA));
  EXPECT_THAT(ids("a\xE4\xB8\xAD"
                  "a\xE4\xB8\xAD\xE4\xB8\xAD"),
              ElementsAre(kA, kMiddle, kA, kMiddle, kMiddle));
}

TEST(WordPiece, DropsMalformedBytesWithoutEndingTheWord) {
  EXPECT_THAT(ids("ca\xFF"
                  "f\xE4\xB8"
                  "e"),
              ElementsAre(kCafe));
  EXPECT_THAT(ids("\xF0\x9F\x98"), IsEmpty());
}

TEST(WordPiece, GivesNothingForNothing) {
  EXPECT_THAT(ids(""), IsEmpty());
  EXPECT_THAT(ids(" \r\n\t\xE3\x80\x80 "), IsEmpty());
  EXPECT_THAT(ids(std::string(1000, '\0')), IsEmpty());
}

TEST(WordPiece, ParsesOrEscapesSpecialTokens) {
  EXPECT_THAT(ids("a[SEP]a", SpecialTokens::kParse), ElementsAre(kA, kSep, kA));
  EXPECT_THAT(ids("[CLS][SEP]", SpecialTokens::kParse), ElementsAre(kCls, kSep));
  EXPECT_THAT(ids("[[SEP]", SpecialTokens::kParse), ElementsAre(kBracket, kSep));
  EXPECT_THAT(ids("[SEP]", SpecialTokens::kEscape),
              ElementsAre(kBracket, kBracket + 1, kBracket + 2));
  EXPECT_THAT(ids("[sep]", SpecialTokens::kParse),
              ElementsAre(kBracket, kBracket + 1, kBracket + 2));
}

// U+08D4 (class 230) and U+1B44 (class 9) are marks that the reference keeps, in canonical order. A
// dropped mark of a class (U+0301) does not part them, one of class 0 (U+034F) and a letter do.
TEST(WordPiece, PutsKeptMarksInCanonicalOrder) {
  const auto tokenizer =
      WordPiece::from_vocabulary("[UNK]\n[CLS]\n[SEP]\na\n##a\n##\xE0\xA3\x94\n##\xE1\xAD\x84\n");
  ASSERT_TRUE(tokenizer);
  const auto ids_of = [&](std::string_view text) {
    std::vector<std::int32_t> found;
    tokenizer->pieces(text, SpecialTokens::kEscape, found);
    return found;
  };
  EXPECT_THAT(ids_of("a\xE0\xA3\x94\xE1\xAD\x84"), ElementsAre(3, 6, 5));
  EXPECT_THAT(ids_of("a\xE1\xAD\x84\xE0\xA3\x94\xE1\xAD\x84"), ElementsAre(3, 6, 6, 5));
  EXPECT_THAT(ids_of("a\xE0\xA3\x94\xCC\x81\xE1\xAD\x84"), ElementsAre(3, 6, 5));
  EXPECT_THAT(ids_of("a\xE0\xA3\x94\xCD\x8F\xE1\xAD\x84"), ElementsAre(3, 5, 6));
  EXPECT_THAT(ids_of("a\xE0\xA3\x94"
                     "a\xE1\xAD\x84"),
              ElementsAre(3, 5, 4, 6));
}

TEST(WordPiece, AppendsToWhatIsThere) {
  std::vector<std::int32_t> found{7};
  small().pieces("nowhere", SpecialTokens::kEscape, found);
  small().pieces("a", SpecialTokens::kEscape, found);
  EXPECT_THAT(found, ElementsAre(7, kUnk, kA));
}

TEST(WordPiece, CountsAWordsCodePointsAfterNormalising) {
  EXPECT_EQ(ids(std::string(100, 'a')).front(), kA);
  EXPECT_THAT(ids(std::string(101, 'a')), ElementsAre(kUnk));
  // Marks that vanish do not count; jamo do: 34 syllables of three are 102.
  EXPECT_EQ(ids(repeated("a\xCC\x81", 300)).front(), kA);
  EXPECT_THAT(ids(repeated("\xEA\xB0\x81", 34 * 3)), ElementsAre(kUnk));
}

TEST(WordPiece, TakesAMegabyteWordAsOneUnknown) {
  EXPECT_THAT(ids(std::string(1 << 20U, 'a') + " a"), ElementsAre(kUnk, kA));
  EXPECT_THAT(ids(repeated("\xC3\xA9", 1 << 20U)), ElementsAre(kUnk));
}

// Ten times the text, at most twelve times the steps, and never more than a fixed number a byte.
TEST(WordPiece, TakesStepsInLinearNumber) {
  const std::string hundred_a = std::string(100, 'a') + ' ';
  for (const std::string& unit : {std::string("a"),
                                  std::string("aaaaab"),
                                  std::string("unaffable "),
                                  hundred_a,
                                  std::string("##"),
                                  std::string("##a "),
                                  std::string("!"),
                                  std::string("[SEP]"),
                                  std::string("\xE4\xB8\xAD"),
                                  std::string("a\xCC\x81"),
                                  std::string("\xFF")}) {
    const std::size_t few = steps(repeated(unit, 100'000));
    const std::size_t many = steps(repeated(unit, 1'000'000));
    EXPECT_LE(many, 12 * few) << unit;
    EXPECT_LE(many, 6'000'000U) << unit;
  }
}

// Greedy longest match as it is told, over a map: the twin that guards the trie.
std::vector<std::int32_t> plain_greedy(const std::map<std::string, std::int32_t>& vocabulary,
                                       const std::string& word) {
  std::vector<std::int32_t> found;
  std::size_t at = 0;
  while (at < word.size()) {
    std::size_t end = word.size();
    const auto key = [&] { return (at > 0 ? "##" : "") + word.substr(at, end - at); };
    while (end > at && vocabulary.count(key()) == 0) {
      --end;
    }
    if (end == at) {
      return {vocabulary.at("[UNK]")};
    }
    found.push_back(vocabulary.at(key()));
    at = end;
  }
  return found;
}

TEST(WordPiece, AgreesWithThePlainTwinOnRandomVocabularies) {
  base::Random random(7);
  const auto random_word = [&](std::uint64_t longest) {
    std::string word;
    for (std::uint64_t left = 1 + random.below(longest); left > 0; --left) {
      word += static_cast<char>('a' + random.below(3));
    }
    return word;
  };
  for (int round = 0; round < 50; ++round) {
    std::map<std::string, std::int32_t> vocabulary{{"[UNK]", 0}, {"[CLS]", 1}, {"[SEP]", 2}};
    std::string lines = "[UNK]\n[CLS]\n[SEP]\n";
    for (std::uint64_t left = random.below(60); left > 0; --left) {
      const std::string token = (random.below(2) == 0 ? "##" : "") + random_word(6);
      if (vocabulary.emplace(token, static_cast<std::int32_t>(vocabulary.size())).second) {
        lines += token + '\n';
      }
    }
    const auto tokenizer = WordPiece::from_vocabulary(lines);
    ASSERT_TRUE(tokenizer);
    for (int probe = 0; probe < 100; ++probe) {
      const std::string word = random_word(30);
      std::vector<std::int32_t> found;
      tokenizer->pieces(word, SpecialTokens::kEscape, found);
      ASSERT_EQ(found, plain_greedy(vocabulary, word)) << word;
    }
  }
}

}  // namespace
}  // namespace wend::text
