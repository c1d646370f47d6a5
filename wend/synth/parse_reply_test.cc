// SPDX-License-Identifier: Apache-2.0
// Beside our own rules, each mistake of the paper's published parsers (algorithms.md 3.2, 3.3) has
// a case here.
#include "wend/synth/parse_reply.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/synth/parse_json.h"

namespace wend::synth {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr Form kMarkers = Form::kMarkers;

std::string wrapped(const std::string& lines) {
  return "Sure.\n<node begin>\n" + lines + "\n</node end>\n";
}

std::string why_not(const std::string& reply, Level level = Level::kDomain) {
  const auto nodes = parse_nodes(reply, level, kMarkers);
  return nodes ? "" : nodes.error();
}

TEST(ParseNodes, ReadsThreeLinesANode) {
  const auto nodes = parse_nodes(wrapped("Domain: Law\r\nDefinition: What is  allowed.\r\nExample: "
                                         "May I?\r\n\r\nDomain: Art\nDefinition: d\nExample: e"),
                                 Level::kDomain,
                                 kMarkers);
  ASSERT_TRUE(nodes) << nodes.error();
  EXPECT_THAT(
      *nodes,
      ElementsAre(NodeDraft{"Law", "What is allowed.", "May I?"}, NodeDraft{"Art", "d", "e"}));
}

TEST(ParseNodes, PassesOverMarkdownAndThoughts) {
  const auto nodes = parse_nodes(
      "<think><node begin>\nDomain: No</think>" +
          wrapped("1. **Level:** Easy\n   - **Definition**: One step.\n   * Example: 1 + 1?\n"
                  "2. **Level: Hard**\n- Definition: Many **steps**.\n- Example: **Prove** it."),
      Level::kDifficulty,
      kMarkers);
  ASSERT_TRUE(nodes) << nodes.error();
  EXPECT_THAT(*nodes,
              ElementsAre(NodeDraft{"Easy", "One step.", "1 + 1?"},
                          NodeDraft{"Hard", "Many **steps**.", "**Prove** it."}));
}

TEST(ParseNodes, AnExampleMayHaveSeveralLines) {
  const auto nodes = parse_nodes(
      wrapped("Subcategory: Debugging\nDefinition: d\nExample: Mend this:\n  def f():\n\n    pass\n"
              "Subcategory: Style\nDefinition: d\nExample: e"),
      Level::kSubcategory,
      kMarkers);
  ASSERT_TRUE(nodes) << nodes.error();
  EXPECT_EQ(nodes->front().example, "Mend this:\n  def f():\n\n    pass");
}

TEST(ParseNodes, KeysWithinALineAreText) {
  // The authors' parser keeps every line that has one of its words anywhere.
  const auto nodes = parse_nodes(
      wrapped("Domain: Words\nDefinition: On terms; the Definition: of each.\nExample: What is the "
              "Definition: of an Example: here?"),
      Level::kDomain,
      kMarkers);
  ASSERT_TRUE(nodes) << nodes.error();
  EXPECT_EQ(nodes->front().example, "What is the Definition: of an Example: here?");
}

TEST(ParseNodes, RefusesAnEmptySet) {
  // The authors' parser takes it for a set of no nodes.
  EXPECT_THAT(why_not("<node begin>\n\n</node end>"), HasSubstr("nothing between the markers"));
  EXPECT_THAT(why_not(""), HasSubstr("<node begin> is not there"));
  EXPECT_THAT(why_not("<node begin>\nDomain: x"), HasSubstr("ends before the marker"));
}

TEST(ParseNodes, RefusesWhatIsNotThreeLinesInTheirOrder) {
  EXPECT_THAT(why_not(wrapped("Domain: x\nExample: e\nDefinition: d")),
              HasSubstr("\"Example:\" stands where \"Definition:\""));
  EXPECT_THAT(why_not(wrapped("Domain: x\nDefinition: d")), HasSubstr("no line \"Example:\""));
  EXPECT_THAT(why_not(wrapped("Domain: x\nDefinition: d\nDomain: y\nDefinition: d\nExample: e")),
              HasSubstr("\"Domain:\" stands where \"Example:\""));
  EXPECT_THAT(why_not(wrapped("Domain: \nDefinition: d\nExample: e")), HasSubstr("member 1 lacks"));
  EXPECT_THAT(why_not(wrapped("Domain: x\nand more\nDefinition: d\nExample: e")),
              HasSubstr("one line each"));
  EXPECT_THAT(why_not(wrapped("A few:\nDomain: x\nDefinition: d\nExample: e")),
              HasSubstr("stands before the first"));
  EXPECT_THAT(why_not(wrapped("Domain: " + std::string(81, 'x') + "\nDefinition: d\nExample: e")),
              HasSubstr("too long"));
}

TEST(ParseNodes, RefusesAnotherLevelAndASecondBlock) {
  EXPECT_THAT(why_not(wrapped("Domain: x\nDefinition: d\nExample: e"), Level::kSubcategory),
              HasSubstr("a line \"Domain:\", and \"Subcategory:\" is expected"));
  const std::string one = wrapped("Domain: x\nDefinition: d\nExample: e");
  EXPECT_THAT(why_not(one + one), HasSubstr("more than once"));
}

TEST(ParseNodes, RefusesTheFormThatWasNotFilledIn) {
  // A small model repeats what it was shown and writes its set somewhere else.
  EXPECT_THAT(
      why_not(wrapped("Domain: [a short name]\nDefinition: [one sentence]\nExample: [a question]")),
      HasSubstr("member 1 is the form itself"));
  EXPECT_EQ(why_not(wrapped("Domain: Lists\nDefinition: d\nExample: [1, 2, 3]")), "");
}

TEST(ParseNodes, EachMemberMayStandInABlockOfItsOwn) {
  const std::string first = "Domain: x\nDefinition: d\nExample: e";
  const std::string second = "Domain: y\nDefinition: d\nExample: e";
  const auto nodes = parse_nodes(wrapped(first) + wrapped(second), Level::kDomain, kMarkers);
  ASSERT_TRUE(nodes) << nodes.error();
  EXPECT_THAT(*nodes, ElementsAre(NodeDraft{"x", "d", "e"}, NodeDraft{"y", "d", "e"}));
  // A draft and the set that was made of it are not told apart.
  EXPECT_THAT(why_not(wrapped(first) + wrapped(first + "\n" + second)),
              HasSubstr("more than once"));
  EXPECT_THAT(why_not("<node begin>\n" + first + wrapped(second)), HasSubstr("more than once"));
  EXPECT_THAT(why_not(wrapped(first) + "<node begin>\n" + second), HasSubstr("ends before"));
}

TEST(ParseRevision, HasMarkersOfItsOwnAndReasons) {
  const std::string nodes = "Domain: x\nDefinition: d\nExample: e\n";
  const auto revision = parse_revision(
      "<justification>\nToo vague.\n</justification>\n"
      "<revision node begin>\n" +
          nodes + "</revision node end>",
      Level::kDomain,
      kMarkers);
  ASSERT_TRUE(revision) << revision.error();
  EXPECT_EQ(revision->justification, "Too vague.");
  EXPECT_THAT(revision->nodes, SizeIs(1));
  EXPECT_FALSE(parse_revision(wrapped(nodes), Level::kDomain, kMarkers));
}

TEST(ParseChoice, IsOneOfTwoWords) {
  const auto choice = [](const std::string& said) {
    return parse_choice("<preferred set>" + said + "</preferred set>", kMarkers);
  };
  EXPECT_EQ(choice("\nSet A\n")->side, Side::kA);
  EXPECT_EQ(choice(" **Set B.** ")->side, Side::kB);
  EXPECT_EQ(choice("b")->side, Side::kB);
  // The authors' parser finds an "A" in each of these and takes Set A.
  EXPECT_FALSE(choice("Set B, not A"));
  EXPECT_FALSE(choice("Set A / Set B"));
  EXPECT_FALSE(choice("As for B: it is better"));
  EXPECT_FALSE(choice(""));
  EXPECT_FALSE(parse_choice("Set A", kMarkers));
}

std::string pairs_block(const std::string& lines) {
  return "<qa_pairs begin>\n" + lines + "\n</qa_pairs end>";
}

TEST(ParsePairs, ReadsQuestionsAndAnswersOfSeveralLines) {
  const auto pairs = parse_pairs(
      pairs_block("Q: What does\nthis print?\nA: First:\n\n  42\n\n**Q:** Next?\n**A:** Yes."),
      kMarkers);
  ASSERT_TRUE(pairs) << pairs.error();
  EXPECT_THAT(
      *pairs,
      ElementsAre(QaPair{"What does\nthis print?", "First:\n\n  42"}, QaPair{"Next?", "Yes."}));
}

TEST(ParsePairs, LettersWithinALineAreText) {
  // The authors' expression is not anchored: it splits at each of these.
  const auto pairs = parse_pairs(
      pairs_block("Q: Where is the FAQ: page?\nA: See FAQ: 3. It says Q: why? A: because."),
      kMarkers);
  ASSERT_TRUE(pairs) << pairs.error();
  EXPECT_THAT(
      *pairs,
      ElementsAre(QaPair{"Where is the FAQ: page?", "See FAQ: 3. It says Q: why? A: because."}));
}

TEST(ParsePairs, MayStandInSeveralBlocks) {
  const auto pairs = parse_pairs(
      pairs_block("Q: 1\nA: a") + "\n" + pairs_block("Q: 2\nA: b\n\nQ: 3\nA: c"), kMarkers);
  ASSERT_TRUE(pairs) << pairs.error();
  EXPECT_THAT(*pairs, ElementsAre(QaPair{"1", "a"}, QaPair{"2", "b"}, QaPair{"3", "c"}));
}

TEST(ParsePairs, RefusesWhatLeavesADoubt) {
  const auto why = [](const std::string& lines) {
    const auto pairs = parse_pairs(pairs_block(lines), kMarkers);
    return pairs ? "" : pairs.error();
  };
  EXPECT_THAT(why(""), HasSubstr("no pair"));
  EXPECT_THAT(why("Q: Sort 2, 1.\nA: [1, 2]\nQ: [the next question]\nA: [its answer]"),
              HasSubstr("pair 2 is the form itself"));
  EXPECT_THAT(why("Q: a\nQ: b\nA: c"), HasSubstr("question 1 has no answer"));
  EXPECT_THAT(why("Q: a\nA: b\n\nQ: c"), HasSubstr("last question has no answer"));
  EXPECT_THAT(why("A: b"), HasSubstr("before the first question"));
  EXPECT_THAT(why("Here:\nQ: a\nA: b"), HasSubstr("before the first \"Q:\""));
  EXPECT_THAT(why("Q: Which?\nA: Paris\nB: Rome\nA: A"), HasSubstr("write options as (A)"));
  EXPECT_THAT(why("Q: a\nA:\n"), HasSubstr("pair 1 is empty"));
  EXPECT_FALSE(parse_pairs("Q: a\nA: b", kMarkers));
}

TEST(ParseVerdict, IsRightOrWrong) {
  EXPECT_TRUE(parse_verdict("<verdict>\nRight.\n</verdict>", kMarkers)->right);
  EXPECT_FALSE(parse_verdict("<verdict>wrong</verdict>", kMarkers)->right);
  EXPECT_FALSE(parse_verdict("<verdict>not wrong</verdict>", kMarkers));
}

TEST(ParseJson, ReadsWhatTheSchemasSay) {
  const auto nodes = parse_nodes(R"( {"nodes":[{"name":" Law ","definition":"d","example":"e"}]} )",
                                 Level::kDomain,
                                 Form::kJson);
  ASSERT_TRUE(nodes) << nodes.error();
  EXPECT_THAT(*nodes, ElementsAre(NodeDraft{"Law", "d", "e"}));
  const auto revision = parse_revision(
      R"({"justification":"j","nodes":[{"name":"x","definition":"d","example":"e"}]})",
      Level::kDomain,
      Form::kJson);
  EXPECT_EQ(revision->justification, "j");
  EXPECT_EQ(parse_choice(R"({"justification":"j","preferred":"B"})", Form::kJson)->side, Side::kB);
  const auto pairs =
      parse_pairs(R"({"pairs":[{"question":"Q: a\nA: b","answer":"c"}]})", Form::kJson);
  EXPECT_THAT(*pairs, ElementsAre(QaPair{"Q: a\nA: b", "c"}));
  EXPECT_TRUE(parse_verdict(R"({"verdict":"right"})", Form::kJson)->right);
}

TEST(ParseJson, AFenceAroundTheWholeIsTakenAway) {
  const std::string object = R"({"pairs":[{"question":"a","answer":"```\nb\n```"}]})";
  for (const std::string& fenced : {"```json\n" + object + "\n```", "\n```\n" + object + "```\n"}) {
    const auto pairs = parse_pairs(fenced, Form::kJson);
    ASSERT_TRUE(pairs) << pairs.error();
    EXPECT_THAT(*pairs, ElementsAre(QaPair{"a", "```\nb\n```"}));
  }
  EXPECT_FALSE(parse_pairs("```json\n" + object, Form::kJson));
  EXPECT_FALSE(parse_pairs("Here:\n```json\n" + object + "\n```", Form::kJson));
}

TEST(ParseJson, RefusesWhatIsNone) {
  EXPECT_FALSE(parse_nodes("[]", Level::kDomain, Form::kJson));
  EXPECT_FALSE(parse_nodes(R"({"nodes":[]})", Level::kDomain, Form::kJson));
  EXPECT_FALSE(parse_nodes(R"({"nodes":["x"]})", Level::kDomain, Form::kJson));
  EXPECT_FALSE(parse_nodes(R"({"nodes":{"name":"x"}})", Level::kDomain, Form::kJson));
  EXPECT_FALSE(parse_choice(R"({"preferred":"A or B"})", Form::kJson));
  EXPECT_FALSE(parse_pairs(R"({"pairs":[{"question":"a","answer":7}]})", Form::kJson));
  EXPECT_FALSE(parse_pairs(R"({"pairs":[{"question":"a","answer":"b"})", Form::kJson));
}

}  // namespace
}  // namespace wend::synth
