// SPDX-License-Identifier: Apache-2.0
#include "wend/encoder/fake.h"

#include <gtest/gtest.h>

namespace wend::encoder {
namespace {

TEST(FakeEncoder, GivesEqualTextsEqualVectorsInAnyCompany) {
  const FakeEncoder encoder(8);
  const std::vector<TokenIds> texts = {{101, 7, 102}, {101, 9, 9, 102}, {101, 7, 102}};
  const base::Matrix vectors = encoder.pooled(texts, 2, nullptr).value();
  const base::Matrix alone = encoder.pooled({&texts[1], 1}, 1, nullptr).value();
  for (std::size_t j = 0; j < 8; ++j) {
    EXPECT_EQ(vectors(0, j), vectors(2, j));
    EXPECT_NE(vectors(0, j), vectors(1, j));
    EXPECT_EQ(vectors(1, j), alone(0, j));
  }
}

TEST(FakeEncoder, RefusesAnEmptyText) {
  const std::vector<TokenIds> texts = {{}};
  EXPECT_FALSE(FakeEncoder().pooled(texts, 1, nullptr));
}

}  // namespace
}  // namespace wend::encoder
