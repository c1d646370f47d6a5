// SPDX-License-Identifier: Apache-2.0
#include "wend/policy/explain.h"

#include <limits>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/base/text_table.h"
#include "wend/policy/policy.h"

namespace wend::policy {
namespace {

using testing::HasSubstr;

const std::vector<core::ModelCard> kModels = {
    {"small", {}, {}, {}}, {"medium", {}, {}, {}}, {"large", {}, {}, {}}};

core::Scores scores() {
  return {{{0.4F, 0.02F, 0.01F, 0.000012, {}},
           {0.7F, {}, 0.2F, 0.00031, {}},
           {0.9F, 0.05F, 0.9F, 0.02, {}}},
          {{1, 0.75F}, {0, 0.2F}}};
}

TEST(Explain, TellsSentenceCandidatesAndTaskTypes) {
  Request request{{0.5}};
  request.max_cost = 0.01;
  const core::Scores given = scores();
  const core::Decision decision = *HighestUtility().decide(given, kModels, request);
  const std::vector<core::TaskName> tasks = {{"t1", "maths > algebra > hard"}, {"t2", "code"}};
  EXPECT_EQ(
      explain({decision, kModels, given.tasks, tasks}),
      "medium is chosen: utility 0.2500 = 0.5 x quality 0.700 - 0.5 x cost 0.2000, 0.0550 ahead "
      "of small.\n"
      "\n"
      "model   quality ± sd         cost  normalised  utility\n"
      "------  -------------  ----------  ----------  -------  ----------------------------\n"
      "medium  0.700           0.0003100      0.2000   0.2500  chosen\n"
      "small   0.400 ± 0.020  0.00001200      0.0100   0.1950\n"
      "large   0.900 ± 0.050     0.02000      0.9000   0.0000  predicted cost 0.02 is above\n"
      "                                                        max_cost 0.01\n"
      "\n"
      "weight  task type\n"
      "------  ----------------------\n"
      " 0.750  code\n"
      " 0.200  maths > algebra > hard\n");
}

TEST(Explain, ListsTheOverridesThatMovedAScore) {
  const core::Scores given = scores();
  const core::Decision decision = *HighestUtility().decide(given, kModels, {{0.5}});
  const std::vector<core::TaskName> tasks = {{"t1", "maths"}, {"t2", "code"}};
  const std::vector<core::Override> overrides = {
      {"t1", "large", core::OverrideMetric::kQuality, {core::OverrideMode::kSet, 0.9}},
      {"t2", "medium", core::OverrideMetric::kCost, {core::OverrideMode::kScale, 0.5}}};
  const std::vector<core::OverrideEffect> effects = {{1, -0.15F}};
  EXPECT_THAT(explain({decision, kModels, given.tasks, tasks, effects, overrides}),
              HasSubstr("\n\n"
                        "  moved  by the override\n"
                        "-------  -------------------------\n"
                        "-0.1500  cost of medium x0.5 at t2\n"));
}

TEST(Explain, SaysWhatARuleAndALoneCandidateMean) {
  Request request{{0.5}};
  request.pinned = 2;
  EXPECT_EQ(explain_choice({*HighestUtility().decide(scores(), kModels, request), kModels}),
            "large is chosen: the rule names it outright.");
  request = {{0.5}};
  request.allowed_models = {"small"};
  EXPECT_EQ(explain_choice({*HighestUtility().decide(scores(), kModels, request), kModels}),
            "small is chosen: of 3 models it is the only one that may be used.");
}

TEST(Explain, SaysThatTwoModelsAreLevel) {
  const core::Scores level = {{{0.5F, {}, 0, {}, {}}, {0.5F, {}, 0, {}, {}}, {0, {}, 0, {}, {}}},
                              {}};
  EXPECT_THAT(explain_choice({*HighestUtility().decide(level, kModels, {{0.8}}), kModels}),
              HasSubstr("level with medium"));
}

TEST(Explain, StaysWithin120ColumnsAndShowsNoNumberForWhatIsUnknown) {
  const std::vector<core::ModelCard> models = {{std::string(90, 'm'), {}, {}, {}},
                                               {"b", {}, {}, {}}};
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const core::Scores given = {
      {{0.123456F, 0.5F, 123.5F, 0.00000012345, {}}, {nan, nan, nan, {}, {}}}, {{0, 1.0F}}};
  const std::vector<core::TaskName> tasks = {{"t", std::string(300, 't')}};
  const core::Decision decision = *HighestUtility().decide(given, models, {{0.5}});
  std::istringstream lines(explain({decision, models, given.tasks, tasks}));
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(base::display_width(line), 120) << line;
    EXPECT_EQ(line.find("nan"), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace wend::policy
