// SPDX-License-Identifier: Apache-2.0
#include "wend/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace wend::base {

void check_failed(const char* file, int line, const char* condition, std::string_view why) {
  fmt::print(stderr, "{}:{}: check failed: {}: {}\n", file, line, condition, why);
  std::fflush(stderr);
  std::abort();
}

}  // namespace wend::base
