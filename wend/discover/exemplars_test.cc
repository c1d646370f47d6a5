// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/exemplars.h"

#include <gtest/gtest.h>

namespace wend::discover {
namespace {

base::Matrix rows_of(const std::vector<std::vector<float>>& rows) {
  base::Matrix matrix(rows.size(), rows.front().size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::copy(rows[i].begin(), rows[i].end(), matrix.row(i).begin());
  }
  return matrix;
}

TEST(Exemplars, GoByDirectionNotLength) {
  const base::Matrix rows = rows_of({{100, 100}, {0.1F, 0}, {3, 1}, {0, 0}, {-1, 0}});
  const std::vector<std::uint32_t> members = {0, 1, 2, 3, 4};
  const std::vector<float> centre = {2, 0};
  EXPECT_EQ(exemplars(rows, members, centre, 3), (std::vector<std::uint32_t>{1, 2, 0}));
  EXPECT_EQ(exemplars(rows, members, centre, 9).size(), 5U);
  EXPECT_EQ(exemplars(rows, members, centre, 9).back(), 4U);
}

TEST(Exemplars, AreOfTheMembersAlone) {
  const base::Matrix rows = rows_of({{1, 0}, {1, 0}, {1, 0}, {0, 1}});
  const std::vector<std::uint32_t> members = {3, 2, 1};
  const std::vector<float> centre = {1, 0};
  EXPECT_EQ(exemplars(rows, members, centre, 2), (std::vector<std::uint32_t>{1, 2}));
  EXPECT_TRUE(exemplars(rows, {}, centre, 2).empty());
}

}  // namespace
}  // namespace wend::discover
