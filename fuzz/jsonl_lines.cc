// SPDX-License-Identifier: Apache-2.0
// Lines of a plain, .gz or .zst file: any bytes give lines or an error. The first byte chooses the
// packing.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tests/support/temp_dir.h"

#include "wend/base/compression.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const wend::support::TempDir kFolder;
  static constexpr const char* kNames[] = {"x", "x.gz", "x.zst"};
  if (size == 0) {
    return 0;
  }
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::size_t lines = 0;
  const auto count = [&](std::string_view line, std::size_t number) -> wend::base::Status {
    if (number != ++lines || line.find('\n') != std::string_view::npos) {
      std::abort();
    }
    return {};
  };
  // Whether the data were whole does not matter here, only that nothing breaks.
  (void)wend::base::for_each_line(kFolder.write(kNames[data[0] % 3], bytes), count, 1 << 16);
  return 0;
}
