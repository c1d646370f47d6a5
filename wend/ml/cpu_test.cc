// SPDX-License-Identifier: Apache-2.0
#include "wend/ml/cpu.h"

#include <gmock/gmock.h>

namespace wend::ml {
namespace {

TEST(Isa, IsLoweredByALimitAndNeverRaised) {
  EXPECT_EQ(limited_isa("scalar").value(), Isa::kScalar);
  EXPECT_EQ(limited_isa("").value(), processor_isa());
  EXPECT_LE(limited_isa("avx2").value(), Isa::kAvx2);
  EXPECT_EQ(limited_isa("avx512").value(), processor_isa());
}

TEST(Isa, RefusesAnUnknownLimitAndNamesTheVariable) {
  const auto isa = limited_isa("sse9");
  ASSERT_FALSE(isa);
  EXPECT_THAT(isa.error().message, testing::HasSubstr("WEND_MAX_ISA is 'sse9'"));
}

}  // namespace
}  // namespace wend::ml
