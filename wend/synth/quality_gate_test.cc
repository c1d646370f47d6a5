// SPDX-License-Identifier: Apache-2.0
#include "wend/synth/quality_gate.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wend::synth {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

NodeSet levels(const std::vector<std::string>& names) {
  NodeSet set;
  for (const std::string& name : names) {
    set.push_back({name, "what is " + name, "an example"});
  }
  return set;
}

std::string revision_reply(const NodeSet& set, Level level) {
  return "<justification>\nVague.\n</justification>\n<revision node begin>\n" +
         set_text(set, level) + "\n</revision node end>";
}

std::string choice_reply(const std::string& side) {
  return "<justification>\nClear.\n</justification>\n<preferred set>\nSet " + side +
         "\n</preferred set>";
}

/// Whether the node is within Set A of what the chooser is shown.
bool is_in_a(const Ask& ask, const std::string& definition) {
  const std::string& text = ask.messages.at(1).content;
  const std::size_t place = text.find(definition);
  return place != std::string::npos && place < text.find("Set B:\n");
}

class Gate : public ::testing::Test {
 protected:
  static NodeTask task(Level level, std::size_t cap = 5) {
    NodeTask made;
    made.rules = {level, cap, {}};
    made.about = "They divide something.";
    return made;
  }

  QualityGate gate(Level level, NodeSet first, GateRules rules = {}, std::uint64_t seed = 1) {
    return {voice_, task(level), std::move(first), rules, seed};
  }

  Voice voice_;
};

TEST_F(Gate, GivesTheRevisedSetToAModelThatAlwaysPrefersIt) {
  std::size_t comparisons = 0;
  std::size_t first = 0;
  for (std::uint64_t seed = 0; comparisons < 200; ++seed) {
    QualityGate one = gate(Level::kSubcategory, levels({"a", "b", "c"}), {3, 10}, seed);
    std::size_t version = 0;
    while (!one.done()) {
      if (one.ask().role == Role::kRevise) {
        NodeSet revised = levels({"a", "b", "c"});
        revised[1].definition = "version " + std::to_string(++version) + ".";
        ASSERT_TRUE(one.take(revision_reply(revised, Level::kSubcategory)));
      } else {
        const bool in_a = is_in_a(one.ask(), "version " + std::to_string(version) + ".");
        ++comparisons;
        first += in_a ? 1 : 0;
        ASSERT_TRUE(one.take(choice_reply(in_a ? "A" : "B")));
      }
    }
    EXPECT_EQ(version, 10U);  // It changed in every round, up to the last there may be.
    EXPECT_EQ(one.nodes()[1].definition, "version 10.");
    EXPECT_EQ(one.rounds().back().choice, GateChoice::kRevised);
  }
  const double share = static_cast<double>(first) / static_cast<double>(comparisons);
  EXPECT_GE(share, 0.4);
  EXPECT_LE(share, 0.6);
}

TEST_F(Gate, StopsAfterRoundsWithoutAChange) {
  const NodeSet set = levels({"a", "b"});
  QualityGate one = gate(Level::kDomain, set);
  std::vector<std::uint32_t> draws;
  NodeSet reversed = set;
  std::ranges::reverse(reversed);
  while (!one.done()) {
    ASSERT_EQ(one.ask().role, Role::kRevise);  // The same set is not put to a vote.
    draws.push_back(one.ask().draw);
    ASSERT_TRUE(one.take(revision_reply(reversed, Level::kDomain)));
  }
  EXPECT_THAT(draws, ElementsAre(0, 1, 2));  // Each round is a call of its own.
  EXPECT_EQ(one.nodes(), set);
  EXPECT_THAT(one.rounds(), SizeIs(3));
}

TEST_F(Gate, AChangeBeginsTheCountAnew) {
  QualityGate one = gate(Level::kDomain, levels({"a"}), {2, 10});
  const NodeSet better = levels({"better"});
  std::vector<GateChoice> wanted = {
      GateChoice::kCurrent, GateChoice::kRevised, GateChoice::kSame, GateChoice::kSame};
  for (const GateChoice choice : wanted) {
    ASSERT_FALSE(one.done());
    ASSERT_TRUE(one.take(revision_reply(better, Level::kDomain)));
    if (choice != GateChoice::kSame) {
      const bool in_a = is_in_a(one.ask(), "what is better");
      const bool takes_a = in_a == (choice == GateChoice::kRevised);
      ASSERT_TRUE(one.take(choice_reply(takes_a ? "A" : "B")));
    }
  }
  EXPECT_TRUE(one.done());
  ASSERT_THAT(one.rounds(), SizeIs(wanted.size()));
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_EQ(one.rounds()[i].choice, wanted[i]) << i;
  }
  EXPECT_EQ(one.nodes(), better);
  EXPECT_EQ(one.rounds()[0].critique, "Vague.");
  EXPECT_EQ(one.rounds()[0].reason, "Clear.");
  EXPECT_THAT(one.rounds()[0].revised, ElementsAre("better"));
}

TEST_F(Gate, ShowsNodesInADrawnOrderButLevelsOfDifficultyInTheirOwn) {
  const NodeSet set = levels({"n1", "n2", "n3", "n4", "n5"});
  const auto is_in_order = [&](const std::string& text) {
    std::size_t at = 0;
    return std::ranges::all_of(set, [&](const NodeDraft& node) {
      const std::size_t found = text.find(node.name, at);
      at = found;
      return found != std::string::npos;
    });
  };
  std::size_t shuffled = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    EXPECT_TRUE(is_in_order(gate(Level::kDifficulty, set, {}, seed).ask().messages[1].content));
    shuffled +=
        is_in_order(gate(Level::kSubcategory, set, {}, seed).ask().messages[1].content) ? 0 : 1;
  }
  EXPECT_GE(shuffled, 15U);
}

TEST_F(Gate, AsksAgainForWhatCannotBeUsedAndThenKeepsTheSet) {
  const NodeSet set = levels({"a"});
  QualityGate one = gate(Level::kDomain, set, {1, 10});
  ASSERT_TRUE(one.take("No idea."));
  ASSERT_THAT(one.ask().messages, SizeIs(4));
  EXPECT_EQ(one.ask().messages[2].content, "No idea.");
  EXPECT_THAT(one.ask().messages[3].content, HasSubstr("<revision node begin> is not there"));
  ASSERT_TRUE(one.take("No idea."));
  ASSERT_FALSE(one.done());
  ASSERT_TRUE(one.take("No idea."));
  EXPECT_TRUE(one.done());
  EXPECT_EQ(one.nodes(), set);
  EXPECT_EQ(one.malformed(), 3U);
  EXPECT_EQ(one.rounds().back().choice, GateChoice::kUnusable);
}

TEST_F(Gate, AVoteThatNamesBothSetsIsNone) {
  QualityGate one = gate(Level::kDomain, levels({"a"}), {1, 10});
  ASSERT_TRUE(one.take(revision_reply(levels({"b"}), Level::kDomain)));
  ASSERT_TRUE(one.take("<preferred set>Set B, not A</preferred set>"));
  EXPECT_FALSE(one.done());
  EXPECT_EQ(one.malformed(), 1U);
}

TEST_F(Gate, HoldsARevisionToTheCap) {
  QualityGate one(voice_, task(Level::kDomain, 2), levels({"a"}), {1, 1}, 1);
  const std::string large = revision_reply(levels({"p", "q", "r"}), Level::kDomain);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(one.take(large));
  }
  ASSERT_EQ(one.ask().role, Role::kChoose);
  EXPECT_THAT(one.rounds()[0].revised, ElementsAre("p", "q"));
}

}  // namespace
}  // namespace wend::synth
