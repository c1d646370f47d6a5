// SPDX-License-Identifier: Apache-2.0
#include "wend/ml/kernels.h"

#include "wend/base/check.h"
#include "wend/ml/cpu.h"

namespace wend::ml {
namespace {

// To whole registers of the widest set.
std::size_t round_up(std::size_t size) {
  return (size + 15) / 16 * 16;
}

}  // namespace

const Kernels& kernels_for(Isa isa) {
  CHECK(isa <= processor_isa(), "{} kernels on a processor without them", isa_name(isa));
  switch (isa) {
    case Isa::kScalar:
      return kScalarKernels;
    case Isa::kAvx2:
      return kAvx2Kernels;
    case Isa::kAvx512:
      return kAvx512Kernels;
  }
  return kScalarKernels;
}

std::size_t attention_scratch(std::size_t length, std::size_t head_dim) {
  constexpr std::size_t kRows = 6;
  const std::size_t keys = round_up(length);
  const std::size_t width = round_up(head_dim);
  return keys * width + length * width + kRows * (keys + 2 * width);
}

}  // namespace wend::ml
