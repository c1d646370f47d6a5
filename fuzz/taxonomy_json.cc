// SPDX-License-Identifier: Apache-2.0
// taxonomy.json: any bytes give a tree or a reason, and a tree comes back from its own JSON.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "wend/core/taxonomy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto taxonomy = wend::core::Taxonomy::parse(text);
  if (!taxonomy) {
    if (taxonomy.error().message.empty()) {
      std::abort();
    }
    return 0;
  }
  const auto again = wend::core::Taxonomy::parse(taxonomy->to_json());
  if (!again || *again != *taxonomy) {
    std::abort();
  }
  return 0;
}
