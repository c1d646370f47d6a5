// SPDX-License-Identifier: Apache-2.0
// wend.yaml and --set: any bytes give a tree or an error.
#include "wend/base/config.h"

#include <cstdint>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto root = wend::base::parse_config(text, "fuzz.yaml");
  if (root) {
    // What follows the last line end stands for a --set; its outcome does not matter, only that
    // there is one.
    (void)wend::base::apply_override(*root, text.substr(text.rfind('\n') + 1));
  }
  return 0;
}
