// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "wend/base/result.h"

namespace wend::ml {

/// The instruction sets our kernels are written for, narrowest first.
enum class Isa { kScalar, kAvx2, kAvx512 };

/// "scalar", "avx2", "avx512".
std::string_view isa_name(Isa isa);

/// The widest set this processor and its operating system offer.
Isa processor_isa();

/// The processor's set lowered to `limit`, a name as isa_name gives it; empty means no limit. Fails
/// for an unknown name.
base::Result<Isa> limited_isa(std::string_view limit);

/// limited_isa of the environment's WEND_MAX_ISA. oneDNN has a limit of its own, DNNL_MAX_CPU_ISA.
base::Result<Isa> usable_isa();

}  // namespace wend::ml
