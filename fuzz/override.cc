// SPDX-License-Identifier: Apache-2.0
// A change as a person types it: any bytes give one that stays itself when written and read, and
// that leaves numbers within their bounds, or an error.
#include "wend/core/override.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using wend::core::Change;
  const auto change = Change::parse({reinterpret_cast<const char*>(data), size});
  if (!change) {
    return 0;
  }
  const auto again = Change::parse(change->text());
  if (!again || !(*again == *change)) {
    std::abort();
  }
  for (const float before : {0.0F, 0.3F, 1.0F}) {
    const float after = change->apply(before);
    if (!(after >= 0.0F && after <= 1.0F)) {
      std::abort();
    }
  }
  return 0;
}
