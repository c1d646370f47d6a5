// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/admission.h"

#include <gtest/gtest.h>

namespace wend::serve {
namespace {

TEST(KeyRing, WithoutKeysLetsEverybodyIn) {
  EXPECT_EQ(KeyRing().owner_of(""), "");
  EXPECT_EQ(KeyRing().owner_of("anything"), "");
  EXPECT_TRUE(KeyRing("").is_open());
}

TEST(KeyRing, TellsItsKeysApart) {
  const KeyRing ring("alpha,beta,,gamma");
  EXPECT_FALSE(ring.is_open());
  const auto alpha = ring.owner_of("alpha");
  const auto gamma = ring.owner_of("gamma");
  ASSERT_TRUE(alpha && gamma);
  EXPECT_EQ(alpha->size(), 16);
  EXPECT_NE(*alpha, *gamma);
  EXPECT_EQ(alpha->find("alpha"), std::string::npos);
}

TEST(KeyRing, RefusesWhatIsNotWhollyAKey) {
  const KeyRing ring("alpha,beta");
  for (const char* key : {"", "alph", "alphaa", "alpha,beta", ",", "ALPHA"}) {
    EXPECT_FALSE(ring.owner_of(key).has_value()) << key;
  }
}

TEST(PresentedKey, ComesFromEitherHeader) {
  EXPECT_EQ(presented_key({{"Authorization", "Bearer k1"}}), "k1");
  EXPECT_EQ(presented_key({{"authorization", "bearer k1"}, {"x-api-key", "k2"}}), "k1");
  EXPECT_EQ(presented_key({{"X-Api-Key", "k2"}}), "k2");
  EXPECT_EQ(presented_key({{"authorization", "Basic azE="}}), "");
  EXPECT_EQ(presented_key({}), "");
}

}  // namespace
}  // namespace wend::serve
