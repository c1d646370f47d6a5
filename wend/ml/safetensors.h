// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "wend/base/result.h"
#include "wend/ml/tensor.h"

namespace wend::ml {

/// Reads a safetensors image (u64 little-endian header length, JSON header, raw data). F32 tensors
/// are views of `bytes`, which `owner` keeps alive; F16, BF16 and F64 are converted; integer
/// tensors are passed over. Every offset is checked: hostile bytes give an error, never a crash.
base::Result<TensorMap> parse_safetensors(std::string_view bytes,
                                          std::shared_ptr<const void> owner);

/// Maps the file: start-up costs page faults, not a parse.
base::Result<TensorMap> load_safetensors(const std::string& path);

/// The image of the tensors, in the order of their names; equal tensors give equal bytes.
std::string to_safetensors(const TensorMap& tensors);

}  // namespace wend::ml
