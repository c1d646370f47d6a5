// SPDX-License-Identifier: Apache-2.0
#include "wend/label/annotate.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/core/memory_call_ledger.h"

namespace wend::label {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Two domains whose subcategories and levels have the same names, and a third with one child
/// alone.
core::Taxonomy taxonomy() {
  return *core::Taxonomy::parse(R"({"nodes":[
    {"id":"m","name":"Mathematics","definition":"numbers","children":[
      {"id":"m.a","name":"Basics. And: more","children":[
        {"id":"m.a.1","name":"easy","definition":"one step"},{"id":"m.a.2","name":"hard"}]},
      {"id":"m.b","name":"Proofs"}]},
    {"id":"l","name":"Law","children":[
      {"id":"l.a","name":"Basics. And: more","children":[
        {"id":"l.a.1","name":"easy"},{"id":"l.a.2","name":"hard"}]},
      {"id":"l.b","name":"Courts"}]},
    {"id":"s","name":"Singing","children":[{"id":"s.a","name":"Alone"}]}]})");
}

class AnnotateWalk : public ::testing::Test {
 protected:
  AnnotateWalk() {
    core::QueryRecord query;
    query.id = "q";
    query.prompt = "What is a court?";
    queries_.push_back(query);
    annotator_.partner.model.id = "model";
    annotator_.partner.again = "again";
    annotator_.prompt = "{{question}}\n{{options}}";
  }

  /// Answers the open calls one after another and returns what comes of it.
  Annotation answered(const std::vector<std::string>& replies, const Shortlist& shortlist = {}) {
    core::MemoryCallLedger ledger;
    AnnotateItems items(ledger, annotator_, taxonomy_, queries_, shortlist);
    asked_.clear();
    for (const std::string& reply : replies) {
      const std::optional<llm::ItemCall> call = *items.look(0);
      EXPECT_EQ(call->step.state, llm::DialogueState::kOpen) << "before " << reply;
      asked_.push_back(call->step.call.chat.messages.front().content);
      left_.push_back(call->calls_left);
      llm::LedgerRow row = call->step.call.row;
      row.reply.text = reply;
      ledger.put(row.key, llm::to_json_line(row), [](const base::Status&) {});
    }
    EXPECT_NE((*items.look(0))->step.state, llm::DialogueState::kOpen);
    EXPECT_TRUE(items.finish(0));
    return items.annotations()[0];
  }

  std::vector<std::pair<std::string, double>> names(const Annotation& annotation) {
    std::vector<std::pair<std::string, double>> named;
    for (const WeightedNode& label : annotation.labels) {
      named.emplace_back(taxonomy_.nodes()[label.node].id, label.weight);
    }
    return named;
  }

  using Names = std::vector<std::pair<std::string, double>>;

  core::Taxonomy taxonomy_ = taxonomy();
  std::vector<core::QueryRecord> queries_;
  Annotator annotator_;
  std::vector<std::string> asked_;
  std::vector<std::size_t> left_;
};

TEST_F(AnnotateWalk, GoesDownByNodesAndNotByNames) {
  EXPECT_EQ(names(answered({"B", "A. Basics. And: more", "B"})), (Names{{"l.a.2", 1}}));
  ASSERT_THAT(asked_, SizeIs(3));
  EXPECT_THAT(asked_[0],
              HasSubstr("What is a court?\nA. Mathematics: numbers\nB. Law\nC. Singing\nD. none of "
                        "these"));
  EXPECT_THAT(asked_[1], HasSubstr("A. Basics. And: more\nB. Courts\nC. none of these"));
  EXPECT_EQ(left_, (std::vector<std::size_t>{3, 2, 1}));
  EXPECT_EQ(names(answered({"A", "A", "A"})), (Names{{"m.a.1", 1}}));
  EXPECT_THAT(asked_[2], HasSubstr("A. easy: one step\n"));
}

TEST_F(AnnotateWalk, AsksNothingWhereOneChildIsAllThereIs) {
  EXPECT_EQ(names(answered({"C"})), (Names{{"s.a", 1}}));
}

TEST_F(AnnotateWalk, EndsWhereNothingFits) {
  const Annotation none = answered({"D"});
  EXPECT_EQ(none.end, AnnotationEnd::kNone);
  EXPECT_THAT(none.labels, IsEmpty());
  const Annotation partial = answered({"A", "C"});
  EXPECT_EQ(names(partial), (Names{{"m", 1}}));
  EXPECT_TRUE(partial.is_partial);
}

TEST_F(AnnotateWalk, AsksAgainTwiceAndKeepsWhatItHas) {
  const Annotation patient = answered({"Hm, A or B?", "well", "B", "Courts"});
  EXPECT_EQ(names(patient), (Names{{"l.b", 1}}));
  EXPECT_EQ(patient.again, 2U);
  const Annotation never = answered({"?", "?", "?"});
  EXPECT_EQ(never.end, AnnotationEnd::kUnreadable);
  EXPECT_THAT(never.labels, IsEmpty());
  const Annotation partial = answered({"A", "x", "y", "z"});
  EXPECT_EQ(names(partial), (Names{{"m", 1}}));
  EXPECT_EQ(partial.end, AnnotationEnd::kLabelled);
  EXPECT_TRUE(partial.is_partial);
}

TEST_F(AnnotateWalk, SplitsAmongSeveral) {
  annotator_.most = 2;
  const Annotation several = answered({"A: 75\nB: 25", "B: 60\nA: 40", "B", "A"});
  // Of three branches the heaviest two are followed: Proofs with .45, the sums of Basics with .3.
  EXPECT_THAT(several.labels, SizeIs(2));
  EXPECT_EQ(names(several)[0].first, "m.b");
  EXPECT_NEAR(names(several)[0].second, 0.6, 1e-9);
  EXPECT_EQ(names(several)[1].first, "m.a.1");
}

TEST_F(AnnotateWalk, ChoosesFromAShortlistInOneCall) {
  const Shortlist shortlist = [](std::size_t) { return std::vector<std::size_t>{9, 3}; };
  const Annotation chosen = answered({"A"}, shortlist);
  EXPECT_EQ(names(chosen), (Names{{taxonomy_.nodes()[9].id, 1}}));
  EXPECT_THAT(asked_[0], HasSubstr("B. Mathematics > Basics. And: more > hard"));
  EXPECT_EQ(answered({"C"}, shortlist).end, AnnotationEnd::kNone);
}

TEST_F(AnnotateWalk, IsComparedWithLabelsThatWereThere) {
  data::Dataset dataset;
  dataset.queries.resize(3);
  dataset.taxonomy = taxonomy_;
  const auto at = [&](const char* id) { return static_cast<std::uint32_t>(*taxonomy_.find(id)); };
  dataset.labels = {{0, at("m.a.1"), 0.4F}, {0, at("l.a.1"), 0.6F}, {1, at("m.a.1"), 1}};
  std::vector<Annotation> found(3);
  found[0].labels = {{at("l.a.2"), 1}};
  found[1].labels = {{at("m.a.1"), 1}};
  found[2].labels = {{at("m.a.1"), 1}};
  const Agreement agreement = agreement_with(dataset, taxonomy_, found);
  EXPECT_EQ(agreement.queries, 2U);
  EXPECT_THAT(agreement.levels, ::testing::ElementsAre(1, 1, 0.5));
}

}  // namespace
}  // namespace wend::label
