// SPDX-License-Identifier: Apache-2.0
#include "wend/base/random.h"

namespace wend::base {

std::uint64_t stage_seed(std::uint64_t seed, const char* stage) {
  std::uint64_t hash = 0xCBF29CE484222325ULL ^ seed;  // FNV-1a
  for (const char* c = stage; *c != '\0'; ++c) {
    hash = (hash ^ static_cast<unsigned char>(*c)) * 0x100000001B3ULL;
  }
  return Random(hash).next();
}

}  // namespace wend::base
