// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/client.h"

namespace wend::llm {

void count_failure(std::map<std::string, std::size_t>& failures, const CallFailure& failure) {
  constexpr std::size_t kKinds = 20;
  const std::string& why = failure.error.message;
  if (failures.size() < kKinds || failures.contains(why)) {
    ++failures[why];
  }
}

}  // namespace wend::llm
