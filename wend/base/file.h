// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wend/base/result.h"

namespace wend::base {

/// The whole content of a file. Refuses a file above max_bytes instead of filling memory.
Result<std::string> read_file(const std::string& path,
                              std::size_t max_bytes = std::size_t{1} << 34U);

/// Writes a temporary file beside `path`, syncs it, and renames it into place: readers see the old
/// content or the new, never a part of it.
Status write_file_atomically(const std::string& path, std::string_view content);

/// Writes everything, also where a signal interrupts a write that waits (full pipes). `path` is
/// what an error calls it.
Status write_all(int fd, std::string_view content, const std::string& path);

/// Fails where a new `path` could not be written: for those who would find out only after long
/// work.
Status check_writable(const std::string& path);

/// The names of what lies in a folder, in no order; none where it cannot be read. For suggestions.
std::vector<std::string> names_in(const std::string& folder);

/// fsync of a file or folder.
Status sync_path(const std::string& path);

/// A read-only mapping of a file; the bytes stay valid as long as any copy of the shared pointer
/// lives.
class MappedFile {
 public:
  static Result<std::shared_ptr<const MappedFile>> open(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::string_view bytes() const { return {data_, size_}; }

 private:
  MappedFile(const char* data, std::size_t size) : data_(data), size_(size) {}

  const char* data_;
  std::size_t size_;
};

/// `${WEND_CACHE:-~/.cache/wend}`.
std::string cache_folder();

}  // namespace wend::base
