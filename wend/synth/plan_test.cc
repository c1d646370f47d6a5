// SPDX-License-Identifier: Apache-2.0
#include "wend/synth/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/core/memory_call_ledger.h"
#include "wend/llm/fake.h"
#include "wend/synth/fake_embed.h"
#include "wend/synth/scripted_generator.h"

namespace wend::synth {
namespace {

using std::chrono::milliseconds;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Settings settings() {
  Settings made;
  made.domains = {{"Law", "What is allowed.", "May I?"}, {"Art", "What is made.", "Why?"}};
  made.max_new_domains = 2;
  made.gate = {1, 3};
  made.qa.shots = 6;
  made.qa.batch = 4;
  return made;
}

Generator generator() {
  Generator made;
  made.id = "writer";
  made.upstream_model = "writer-1";
  made.prices = {1.0, {}, 2.0};
  return made;
}

/// A lane that answers by script, after a time that depends on the call.
llm::Lane lane_of(const ScriptedGenerator& script, std::size_t at_once, std::size_t* calls) {
  llm::Lane lane;
  lane.max_concurrent = at_once;
  lane.connect = [&script, calls](boost::asio::io_context&) {
    return std::make_unique<llm::FakeChatClient>(
        [&script, calls](const llm::ChatRequest& request) -> llm::CallResult<llm::ChatReply> {
          ++*calls;
          return llm::fake_reply(script.reply_to(request.call.messages), 100, 50);
        },
        milliseconds(1));
  };
  return lane;
}

class PlanTest : public ::testing::Test {
 protected:
  llm::RunReport run(Plan& plan, std::size_t at_once = 4, llm::RunOptions options = {}) {
    return llm::run_calls(plan, ledger_, {lane_of(script_, at_once, &calls_)}, options);
  }

  core::MemoryCallLedger ledger_;
  ScriptedGenerator script_;
  std::size_t calls_ = 0;
};

TEST_F(PlanTest, GrowsTheTreeAndFillsItsLeaves) {
  Plan plan(settings(), generator(), fake_embed());
  ASSERT_FALSE(run(plan).error);
  ASSERT_TRUE(plan.is_whole());
  const auto made = plan.result();
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->taxonomy.level_count(), 3U);
  // Two given domains and two new ones, two subcategories each, two levels each.
  EXPECT_THAT(made->taxonomy.at_level(0), SizeIs(4));
  EXPECT_THAT(made->taxonomy.at_level(1), SizeIs(8));
  EXPECT_THAT(made->leaves, SizeIs(16));
  for (const LeafPairs& leaf : made->leaves) {
    EXPECT_THAT(leaf.pairs, SizeIs(6));
    EXPECT_THAT(leaf.yields, ElementsAre(4, 2));
  }
  EXPECT_EQ(made->taxonomy.nodes()[made->leaves[0].node].id, "law.subcategory-1.level-1");
  EXPECT_THAT(made->gates, SizeIs(1 + 4 + 8));
  EXPECT_EQ(plan.standing().pairs, 96U);
  EXPECT_EQ(plan.standing().leaves_done, 16U);
}

TEST_F(PlanTest, ComesToTheSameInWhateverOrderRepliesCome) {
  std::vector<core::Taxonomy> trees;
  std::vector<std::vector<QaPair>> last;
  for (const std::size_t at_once : {1U, 3U, 16U}) {
    core::MemoryCallLedger ledger;
    Plan plan(settings(), generator(), fake_embed());
    llm::run_calls(plan, ledger, {lane_of(script_, at_once, &calls_)}, {});
    const auto made = plan.result();
    ASSERT_TRUE(made);
    trees.push_back(made->taxonomy);
    last.push_back(made->leaves.back().pairs);
  }
  EXPECT_THAT(trees, Each(trees[0]));
  EXPECT_THAT(last, Each(last[0]));
}

TEST_F(PlanTest, MakesNoCallWhoseReplyIsInTheLedger) {
  Plan first(settings(), generator(), fake_embed());
  run(first);
  const std::size_t calls = calls_;
  Plan again(settings(), generator(), fake_embed());
  ASSERT_TRUE(again.replay(ledger_));
  EXPECT_TRUE(again.is_whole());
  EXPECT_EQ(again.reused(), calls);
  EXPECT_EQ(again.estimate().calls, 0U);
  EXPECT_EQ(run(again).calls, 0U);
  EXPECT_EQ(again.result()->taxonomy, first.result()->taxonomy);
}

TEST_F(PlanTest, StopsAtABudgetAndGoesOnFromThere) {
  Plan whole(settings(), generator(), fake_embed());
  core::MemoryCallLedger other;
  llm::run_calls(whole, other, {lane_of(script_, 4, &calls_)}, {});
  const std::size_t all = calls_;

  llm::RunOptions options;
  options.budget = 20 * 200e-6;  // A call costs (100 + 2 * 50) millionths.
  Plan part(settings(), generator(), fake_embed());
  const llm::RunReport report = run(part, 4, options);
  EXPECT_EQ(report.stopped, llm::StopReason::kBudget);
  EXPECT_FALSE(part.is_whole());
  Plan rest(settings(), generator(), fake_embed());
  ASSERT_TRUE(rest.replay(ledger_));
  EXPECT_EQ(rest.reused(), report.done);
  run(rest);
  ASSERT_TRUE(rest.is_whole());
  EXPECT_EQ(calls_ - all, all);
  EXPECT_EQ(rest.result()->taxonomy, whole.result()->taxonomy);
}

TEST_F(PlanTest, ANodeThatCannotBeDividedStandsForItself) {
  script_.refuses = "Divide this subcategory";
  Plan plan(settings(), generator(), fake_embed());
  run(plan);
  const auto made = plan.result();
  ASSERT_TRUE(made);
  EXPECT_EQ(made->taxonomy.level_count(), 2U);
  EXPECT_THAT(made->leaves, SizeIs(8));
  EXPECT_THAT(made->unsplit, SizeIs(8));
  EXPECT_THAT(made->unsplit[0].why, HasSubstr("<node begin> is not there"));
  EXPECT_EQ(made->malformed, 8U * 3);
}

TEST_F(PlanTest, ALeafThatGetsNothingIsThereWithNothing) {
  script_.refuses = "pairs of a question and its answer";
  Plan plan(settings(), generator(), fake_embed());
  run(plan);
  const auto made = plan.result();
  ASSERT_TRUE(made);
  EXPECT_THAT(made->leaves, SizeIs(16));
  EXPECT_THAT(made->leaves[3].pairs, IsEmpty());
  EXPECT_THAT(made->leaves[3].yields, ElementsAre(0, 0, 0));
}

TEST_F(PlanTest, EndsTheTreeWhereItIsToldTo) {
  Settings shallow = settings();
  shallow.profile_level = Level::kDomain;
  shallow.max_new_domains = 0;
  Plan plan(shallow, generator(), fake_embed());
  EXPECT_EQ(plan.estimate().calls, 4U);
  run(plan);
  EXPECT_EQ(calls_, 4U);
  EXPECT_THAT(plan.result()->leaves, SizeIs(2));
}

TEST_F(PlanTest, ProposesTheDomainsOfADescription) {
  Settings described = settings();
  described.domains.clear();
  described.description = "a help desk for bicycles";
  Plan plan(described, generator(), fake_embed());
  run(plan);
  EXPECT_EQ(plan.result()->taxonomy.nodes()[0].id, "domain-1");

  script_.refuses = "a help desk for bicycles";
  described.seed = 2;
  core::MemoryCallLedger other;
  Plan none(described, generator(), fake_embed());
  llm::run_calls(none, other, {lane_of(script_, 4, &calls_)}, {});
  ASSERT_TRUE(none.is_whole());
  EXPECT_THAT(none.result().error().message, HasSubstr("no domain came of it"));
}

/// A branch below the domain law, which has one child already.
Settings branch_settings() {
  Settings made = settings();
  made.domains.clear();
  made.description = "questions about taxes";
  made.branch = Branch{{{"law", {"Law", "What is allowed.", "May I?"}}},
                       {{"Contracts", "What was agreed.", "Must I?"}},
                       3,
                       {"law", "law.contracts", "law.subcategory-1"},
                       {}};
  return made;
}

TEST_F(PlanTest, GrowsABranchAndNothingElse) {
  Plan plan(branch_settings(), generator(), fake_embed());
  const Estimate before = plan.estimate();
  EXPECT_EQ(before.leaves, 3U * 5);  // The room, and the cap of levels.
  EXPECT_EQ(before.by_role[static_cast<std::size_t>(Role::kNodes)].calls, 1U + 3);
  ASSERT_FALSE(run(plan).error);
  const auto made = plan.result();
  ASSERT_TRUE(made) << made.error().message;
  std::vector<std::string> ids;
  for (const core::TaskNode& node : made->taxonomy.nodes()) {
    ids.push_back(node.id);
  }
  // An id of the old tree is not given again.
  EXPECT_THAT(ids,
              ElementsAre("law",
                          "law.subcategory-1-2",
                          "law.subcategory-1-2.level-1",
                          "law.subcategory-1-2.level-2",
                          "law.subcategory-2",
                          "law.subcategory-2.level-1",
                          "law.subcategory-2.level-2"));
  EXPECT_THAT(made->leaves, SizeIs(4));
  EXPECT_EQ(made->gates[0].node_id, "law");
  EXPECT_EQ(plan.standing().nodes, 6U);
}

TEST_F(PlanTest, ABranchOfDomainsStandsBesideThoseThatAreThere) {
  Settings domains = branch_settings();
  domains.branch->path.clear();
  domains.profile_level = Level::kDomain;
  Plan plan(domains, generator(), fake_embed());
  run(plan);
  EXPECT_THAT(plan.result()->taxonomy.at_level(0), SizeIs(2));
}

TEST_F(PlanTest, DropsOfABranchWhatWasAskedBefore) {
  Settings first = branch_settings();
  Plan plan(first, generator(), fake_embed());
  run(plan);
  const std::vector<LeafPairs> leaves = plan.result()->leaves;
  first.branch->questions = {leaves[0].pairs[1].question};
  Plan again(first, generator(), fake_embed());
  ASSERT_TRUE(again.replay(ledger_));
  const auto made = again.result();
  ASSERT_TRUE(made);
  EXPECT_EQ(made->leaves[0].duplicates_across, 1U);
  EXPECT_THAT(made->leaves[0].pairs, SizeIs(leaves[0].pairs.size() - 1));
}

TEST_F(PlanTest, ABranchThatIsRefusedIsAnErrorAndNoQuestionsOfTheOldNode) {
  script_.refuses = "questions about taxes";
  Plan plan(branch_settings(), generator(), fake_embed());
  run(plan);
  EXPECT_EQ(calls_, 3U);
  EXPECT_THAT(plan.result().error().message, HasSubstr("no task type came of it"));
}

TEST_F(PlanTest, AFailedCallLeavesItUnfinished) {
  llm::Lane bad;
  bad.connect = [](boost::asio::io_context&) {
    return std::make_unique<llm::FakeChatClient>(
        [](const llm::ChatRequest&) -> llm::CallResult<llm::ChatReply> {
          return tl::unexpected(llm::CallFailure{
              {base::Code::kInvalidArgument, "400", {}}, llm::Advice::kGiveUp, {}});
        });
  };
  Plan plan(settings(), generator(), fake_embed());
  const llm::RunReport report = llm::run_calls(plan, ledger_, {bad}, {});
  EXPECT_EQ(report.failed, 3U);  // Two domains and the further ones.
  EXPECT_FALSE(plan.is_whole());
}

TEST_F(PlanTest, EstimatesWithTheCapsAndLearnsFromTheLedger) {
  Plan plan(settings(), generator(), fake_embed());
  const Estimate before = plan.estimate();
  // 2 + 2 domains with 10 subcategories of 5 levels, each leaf with two batches.
  EXPECT_EQ(before.leaves, 200U);
  EXPECT_EQ(before.by_role[static_cast<std::size_t>(Role::kPairs)].calls, 400U);
  EXPECT_EQ(before.by_role[static_cast<std::size_t>(Role::kNodes)].calls, 1U + 4 + 40);
  EXPECT_GT(before.cost, 0);
  llm::RunOptions options;
  options.budget = 45 * 200e-6;
  run(plan, 4, options);
  Plan again(settings(), generator(), fake_embed());
  ASSERT_TRUE(again.replay(ledger_));
  EXPECT_LT(again.estimate().calls, before.calls);
  EXPECT_LT(again.estimate().output_tokens, before.output_tokens / 2);
}

/// What the script says, but only when asked the third time, and never a revision without a change.
std::string hardest_reply(const ScriptedGenerator& script,
                          const std::vector<llm::ChatMessage>& messages) {
  constexpr std::size_t kThirdAsking = 6;
  if (messages.size() < kThirdAsking) {
    return "Later.";
  }
  std::string reply = script.reply_to(messages);
  const std::string key = "Definition: ";
  for (std::size_t at = reply.find(key); at != std::string::npos; at = reply.find(key, at + 1)) {
    reply.insert(at + key.size(), "revised ");
  }
  return reply;
}

TEST_F(PlanTest, TheBoundHoldsWhateverTheModelSays) {
  Settings hard = settings();
  hard.gate = {3, 3};
  hard.max_subcategories = 2;
  hard.max_levels = 2;
  hard.qa.extra_batches = 1;
  script_.pairs = 1;
  llm::Lane lane;
  lane.connect = [&](boost::asio::io_context&) {
    return std::make_unique<llm::FakeChatClient>(
        [&](const llm::ChatRequest& request) -> llm::CallResult<llm::ChatReply> {
          ++calls_;
          return llm::fake_reply(hardest_reply(script_, request.call.messages), 100, 50);
        });
  };
  Plan plan(hard, generator(), fake_embed());
  const Estimate before = plan.estimate();
  ASSERT_FALSE(llm::run_calls(plan, ledger_, {lane}, {}).error);
  ASSERT_TRUE(plan.is_whole());
  EXPECT_GT(calls_, before.calls);
  EXPECT_EQ(calls_, before.most_calls);  // This is as bad as it can come.
  EXPECT_EQ(plan.estimate().most_calls, 0U);
}

TEST_F(PlanTest, HoldsRepliesToASchemaWhereItCan) {
  Settings structured = settings();
  structured.form = Form::kJson;
  Generator writer = generator();
  writer.parameters.extra_json = R"({"top_p":0.5})";
  writer.extra_body = R"({"cache_prompt":false})";
  Plan plan(structured, writer, fake_embed());
  const auto planned = *plan.next(0);
  ASSERT_TRUE(planned);
  const std::string& key_part = planned->call.row.parameters_json;
  EXPECT_THAT(key_part, HasSubstr("\"json_schema\""));
  EXPECT_THAT(key_part, HasSubstr("\"top_p\":0.5"));
  EXPECT_THAT(key_part, ::testing::Not(HasSubstr("cache_prompt")));
  EXPECT_THAT(planned->call.chat.parameters.extra_json, HasSubstr("cache_prompt"));
  EXPECT_THAT(planned->call.chat.messages[1].content, HasSubstr("JSON object"));
}

}  // namespace
}  // namespace wend::synth
