// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/probes.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

namespace wend::trips {
namespace {

/// 100 queries of task 0, 10 of task 1, 2 of task 2.
std::vector<ProbeCandidate> uneven() {
  std::vector<ProbeCandidate> candidates;
  for (std::uint32_t i = 0; i < 112; ++i) {
    candidates.push_back({i, i < 100 ? 0U : i < 110 ? 1U : 2U});
  }
  return candidates;
}

std::map<std::size_t, std::size_t> counts(const std::vector<std::uint32_t>& chosen) {
  std::map<std::size_t, std::size_t> counted;
  for (const std::uint32_t query : chosen) {
    ++counted[uneven()[query].task];
  }
  return counted;
}

TEST(ChooseProbes, SharesThemOutEvenlyAndGivesTheRestToThoseWithMore) {
  const auto chosen = choose_probes(uneven(), 30, 1);
  EXPECT_EQ(std::set(chosen.begin(), chosen.end()).size(), 30U);
  EXPECT_EQ(counts(chosen), (std::map<std::size_t, std::size_t>{{0, 18}, {1, 10}, {2, 2}}));
  EXPECT_EQ(chosen, choose_probes(uneven(), 30, 1));
  EXPECT_NE(chosen, choose_probes(uneven(), 30, 2));
}

TEST(ChooseProbes, TakesAllWhereThereAreFewerAndNoneOfNone) {
  EXPECT_EQ(choose_probes(uneven(), 500, 1).size(), 112U);
  EXPECT_EQ(choose_probes(uneven(), 0, 1).size(), 0U);
  EXPECT_EQ(choose_probes({}, 5, 1).size(), 0U);
}

TEST(ProbeCollection, KeepsQueriesAndTheirLabelsAlone) {
  data::Dataset dataset;
  for (const char letter : {'a', 'b', 'c'}) {
    dataset.queries.emplace_back().id = std::string(1, letter);
  }
  dataset.models.emplace_back().id = std::string(1, 'm');
  dataset.outcomes.push_back({1, 0, 0, core::OutcomeStatus::kOk, 1.0F, {}, {}, {}, {}});
  dataset.labels = {{0, 5, 1}, {2, 7, 1}};
  const std::vector<std::uint32_t> queries = {2, 1};
  const data::Dataset probes = probe_collection(dataset, queries, "d-probes");
  ASSERT_EQ(probes.queries.size(), 2U);
  EXPECT_EQ(probes.queries[1].id, "c");
  EXPECT_EQ(probes.labels, (std::vector<core::TaskLabel>{{1, 7, 1}}));
  EXPECT_TRUE(probes.models.empty() && probes.outcomes.empty());
}

}  // namespace
}  // namespace wend::trips
