// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/typical_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wend::discover {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

using Sets = std::vector<std::vector<std::uint32_t>>;

TEST(TypicalWords, AreThoseThatASetHasBeforeAll) {
  const std::vector<std::string_view> texts = {"Please sue the tenant, please",
                                               "Please: a tenant, a court and rent",
                                               "Please add the vectors",
                                               "please span vectors in space"};
  const auto words = typical_words(texts, Sets{{0, 1}, {2, 3}}, 3);
  EXPECT_THAT(words, ElementsAre(ElementsAre("tenant"), ElementsAre("vectors")));
}

TEST(TypicalWords, CountATextOnceHoweverOftenItSaysAWord) {
  const std::vector<std::string_view> texts = {
      "spam spam spam spam law", "law court", "law court", "art", "art"};
  const auto words = typical_words(texts, Sets{{0, 1, 2}, {3, 4}}, 9);
  EXPECT_THAT(words[0], ElementsAre("law", "court"));
}

TEST(TypicalWords, AreNoNumbersFunctionWordsOrOtherFormsOfOne) {
  const std::vector<std::string_view> texts = {
      "which function 12345 x functions", "which function 12345 x functions", "red", "red"};
  const auto words = typical_words(texts, Sets{{0, 1}, {2, 3}}, 9);
  EXPECT_THAT(words[0], ElementsAre("function"));
}

TEST(TypicalWords, OfOneTextAreItsOwnAndOfNoneNone) {
  const std::vector<std::string_view> texts = {"tides", "moons"};
  EXPECT_THAT(typical_words(texts, Sets{{0}, {}}, 4), ElementsAre(ElementsAre("tides"), IsEmpty()));
}

TEST(TypicalWords, ReadEveryScriptAndAnyBytes) {
  const std::string late = std::string(1999, ' ') + "\xC3\xA9t\xC3\xA9s";
  const std::vector<std::string_view> texts = {"ФИЗИКА \xFF\xFE", "физика", late, "a"};
  const auto words = typical_words(texts, Sets{{0, 1}, {2}}, 4);
  EXPECT_THAT(words[0], ElementsAre("физика"));
  EXPECT_THAT(words[1], Not(Contains("étés"))) << "behind what is read";
}

TEST(TypicalWords, StandInOneOrderWhereTheyWeighTheSame) {
  const std::vector<std::string_view> texts = {"zeta alpha mean", "mean alpha zeta", "other"};
  EXPECT_THAT(typical_words(texts, Sets{{0, 1}}, 3)[0], ElementsAre("alpha", "mean", "zeta"));
}

}  // namespace
}  // namespace wend::discover
