// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "wend/base/result.h"

namespace wend::base {

/// Reads a text file line by line in bounded memory; `.zst` and `.gz` are unpacked as they are
/// read. The function gets each line without its end and its number from 1; the first error that it
/// returns stops the reading and is passed on. A line above max_line_bytes, and damaged or
/// truncated compressed data, are errors that name the file.
Status for_each_line(const std::string& path,
                     const std::function<Status(std::string_view line, std::size_t number)>& use,
                     std::size_t max_line_bytes = std::size_t{64} << 20U);

/// The path itself, or with `.zst` or `.gz` appended: the first that exists; empty where none does.
std::string find_compressed(const std::string& path);

/// One zstd frame of the bytes.
Result<std::string> compress_zstd(std::string_view bytes, int level = 9);

}  // namespace wend::base
