// SPDX-License-Identifier: Apache-2.0
#include "wend/synth/qa_job.h"

#include <algorithm>
#include <span>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/synth/fake_embed.h"
#include "wend/synth/synthesis.h"

namespace wend::synth {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

/// Pairs whose questions are these.
std::string reply_of(const std::vector<std::string>& questions) {
  std::string text = "<qa_pairs begin>\n";
  for (const std::string& question : questions) {
    text += "Q: " + question + "\nA: The answer to " + question + "\n\n";
  }
  return text + "</qa_pairs end>";
}

std::string numbered(int from, int to) {
  std::vector<std::string> questions;
  for (int i = from; i < to; ++i) {
    questions.push_back("question number" + std::to_string(i));
  }
  return reply_of(questions);
}

class QaJobTest : public ::testing::Test {
 protected:
  QaJob job(QaRules rules) { return {voice_, embed_, "Domain: Law", rules}; }

  static QaRules rules(std::size_t shots, std::size_t batch = 4, std::size_t extra = 4) {
    QaRules made;
    made.shots = shots;
    made.batch = batch;
    made.extra_batches = extra;
    return made;
  }

  Voice voice_;
  Embed embed_ = fake_embed();
};

TEST_F(QaJobTest, FillsUpInBatchesAndShowsHowTheNewestBegin) {
  QaJob one = job(rules(6));
  EXPECT_THAT(one.ask().messages[1].content, HasSubstr("Write 4 different pairs"));
  EXPECT_THAT(one.ask().messages[1].content, Not(HasSubstr("written already")));
  ASSERT_TRUE(one.take(numbered(0, 4)));
  ASSERT_FALSE(one.done());
  EXPECT_EQ(one.ask().draw, 1U);
  EXPECT_THAT(one.ask().messages[1].content, HasSubstr("- question number3"));
  ASSERT_TRUE(one.take(numbered(4, 8)));
  ASSERT_TRUE(one.done());
  ASSERT_THAT(one.pairs(), SizeIs(6));
  EXPECT_EQ(one.pairs()[5].question, "question number5");
  EXPECT_THAT(one.yields(), ElementsAre(4, 2));
}

TEST_F(QaJobTest, AsksForAWholeBatchWhateverIsMissing) {
  // So that fewer shots are the beginning of more, call by call and pair by pair.
  QaJob few = job(rules(3));
  QaJob many = job(rules(7));
  EXPECT_EQ(few.ask().messages, many.ask().messages);
  EXPECT_THAT(few.ask().messages[1].content, HasSubstr("Write 4 different pairs"));
  ASSERT_TRUE(few.take(numbered(0, 4)));
  ASSERT_TRUE(many.take(numbered(0, 4)));
  ASSERT_TRUE(few.done());
  EXPECT_THAT(many.ask().messages[1].content, HasSubstr("Write 4 different pairs"));
  ASSERT_TRUE(many.take(numbered(4, 8)));
  ASSERT_TRUE(many.done());
  EXPECT_THAT(few.pairs(), SizeIs(3));
  EXPECT_THAT(many.pairs(), SizeIs(7));
  EXPECT_TRUE(std::ranges::equal(few.pairs(), std::span(many.pairs()).first(3)));
}

TEST_F(QaJobTest, ShowsTwentyStemsCutShort) {
  QaRules many = rules(40, 30);
  many.shown_stems = 20;
  QaJob one = job(many);
  std::vector<std::string> questions;
  for (int i = 0; i < 30; ++i) {
    questions.push_back("start" + std::to_string(i) + "x " + std::string(200, 'a') + " end");
  }
  ASSERT_TRUE(one.take(reply_of(questions)));
  const std::string& text = one.ask().messages[1].content;
  EXPECT_THAT(text, Not(HasSubstr("start9x")));
  EXPECT_THAT(text, HasSubstr("start10x"));
  EXPECT_THAT(text, HasSubstr("start29x"));
  EXPECT_THAT(text, Not(HasSubstr("end\n- ")));
}

TEST_F(QaJobTest, DropsWhatItHasAndEndsWithTheYieldWhereNothingNewComes) {
  QaJob one = job(rules(20));
  ASSERT_TRUE(one.take(numbered(0, 4)));
  ASSERT_TRUE(one.take(numbered(2, 6)));
  std::size_t asked = 2;
  while (!one.done()) {
    ASSERT_TRUE(one.take(numbered(0, 4)));
    ++asked;
  }
  EXPECT_EQ(asked, 2 + QaJob::kBarrenBatches);
  EXPECT_THAT(one.yields(), ElementsAre(4, 2, 0, 0, 0));
  EXPECT_THAT(one.pairs(), SizeIs(6));
  EXPECT_EQ(one.duplicates(), 2U + 3 * 4);
}

TEST_F(QaJobTest, AsksForNoMoreBatchesThanItMay) {
  QaJob one = job(rules(8, 4, 2));
  int asked = 0;
  while (!one.done()) {
    ASSERT_TRUE(one.take(numbered(asked, asked + 1)));
    ++asked;
  }
  EXPECT_EQ(asked, 4);
  EXPECT_THAT(one.pairs(), SizeIs(4));
}

TEST_F(QaJobTest, TheQuestionAloneDecidesWhatIsADuplicate) {
  QaJob one = job(rules(4));
  ASSERT_TRUE(
      one.take("<qa_pairs begin>\nQ: one thing\nA: same answer\nQ: another matter\nA: same "
               "answer\nQ: one thing\nA: other answer\n</qa_pairs end>"));
  EXPECT_THAT(one.pairs(), SizeIs(2));
}

TEST_F(QaJobTest, AsksAgainForWhatCannotBeReadAndGoesOn) {
  QaJob one = job(rules(4));
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(one.take("Q: a\nA: b"));
  }
  EXPECT_EQ(one.malformed(), 3U);
  EXPECT_THAT(one.yields(), ElementsAre(0));
  ASSERT_THAT(one.failed_batches(), SizeIs(1));
  EXPECT_EQ(one.failed_batches()[0].batch, 1U);
  EXPECT_THAT(one.failed_batches()[0].why, HasSubstr("<qa_pairs begin> is not there"));
  ASSERT_FALSE(one.done());
  ASSERT_TRUE(one.take(numbered(0, 4)));
  EXPECT_TRUE(one.done());
}

TEST_F(QaJobTest, MorePairsThanWereAskedForAreAskedForAgain) {
  QaJob one = job(rules(8));
  ASSERT_TRUE(one.take(numbered(0, 5)));
  EXPECT_EQ(one.malformed(), 1U);
  EXPECT_THAT(one.pairs(), SizeIs(0));
  EXPECT_THAT(one.ask().messages.back().content, HasSubstr("it has 5 pairs and 4 are asked for"));
  ASSERT_TRUE(one.take(numbered(0, 4)));
  EXPECT_THAT(one.pairs(), SizeIs(4));
}

TEST_F(QaJobTest, WhatAJsonListHasTooMuchIsTaken) {
  voice_.form = Form::kJson;
  QaJob one = job(rules(5, 2));
  ASSERT_TRUE(one.take(R"({"pairs":[{"question":"a","answer":"1"},{"question":"b","answer":"2"},)"
                       R"({"question":"c","answer":"3"}]})"));
  EXPECT_EQ(one.malformed(), 0U);
  EXPECT_THAT(one.yields(), ElementsAre(3));
}

TEST_F(QaJobTest, FailsWhereTheEncoderDoes) {
  const Embed broken = [](const std::vector<std::string>&) -> base::Result<base::Matrix> {
    return base::fail(base::Code::kNotFound, "no weights");
  };
  QaJob one(voice_, broken, "Domain: Law", rules(4));
  EXPECT_EQ(one.take(numbered(0, 4)).error().message, "no weights");
}

TEST(DropDuplicatesAcross, KeepsTheFirstInTheOrderOfTheTree) {
  std::vector<LeafPairs> leaves(2);
  leaves[0].pairs = {{"alpha beta", "1"}, {"gamma delta", "2"}};
  leaves[1].pairs = {{"gamma delta", "3"}, {"epsilon zeta", "4"}};
  ASSERT_TRUE(drop_duplicates_across(leaves, {}, fake_embed(), 0.95));
  EXPECT_THAT(leaves[0].pairs, SizeIs(2));
  EXPECT_THAT(leaves[1].pairs, ElementsAre(QaPair{"epsilon zeta", "4"}));
  EXPECT_EQ(leaves[1].duplicates_across, 1U);
}

TEST(KeptVectors, MeasureTheCosineWhateverTheLengths) {
  KeptVectors kept(0.9);
  EXPECT_TRUE(kept.keep(std::vector<float>{3, 0, 0}));
  EXPECT_FALSE(kept.keep(std::vector<float>{100, 40, 0}));  // Cosine 0.93.
  EXPECT_TRUE(kept.keep(std::vector<float>{1, 0.5F, 0}));   // 0.89.
  EXPECT_TRUE(kept.keep(std::vector<float>{0, 0, 0}));  // A text without pieces is like no other.
}

}  // namespace
}  // namespace wend::synth
