// SPDX-License-Identifier: Apache-2.0
#include "wend/ml/cpu.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace wend::ml {
namespace {

constexpr std::array kNames = {
    std::string_view("scalar"), std::string_view("avx2"), std::string_view("avx512")};

bool has_avx512() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

}  // namespace

std::string_view isa_name(Isa isa) {
  return kNames[static_cast<std::size_t>(isa)];
}

Isa processor_isa() {
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) {
    return Isa::kScalar;
  }
  return has_avx512() ? Isa::kAvx512 : Isa::kAvx2;
}

base::Result<Isa> limited_isa(std::string_view limit) {
  if (limit.empty()) {
    return processor_isa();
  }
  const auto found = std::find(kNames.begin(), kNames.end(), limit);
  if (found == kNames.end()) {
    return base::fail(base::Code::kInvalidArgument,
                      "WEND_MAX_ISA is '{}': expected scalar, avx2 or avx512",
                      limit);
  }
  return std::min(processor_isa(), static_cast<Isa>(found - kNames.begin()));
}

base::Result<Isa> usable_isa() {
  const char* limit = std::getenv("WEND_MAX_ISA");
  return limited_isa(limit == nullptr ? "" : limit);
}

}  // namespace wend::ml
