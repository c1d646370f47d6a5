// SPDX-License-Identifier: Apache-2.0
#include "wend/base/file.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace wend::base {
namespace {

/// A descriptor that is closed at the end of its scope.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}

  ~Descriptor() {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }

  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return fd_; }

  bool valid() const { return fd_ >= 0; }

 private:
  int fd_;
};

Code code_of(int error) {
  return error == ENOENT ? Code::kNotFound : Code::kPermissionDenied;
}

Result<std::size_t> size_of_regular_file(const Descriptor& file, const std::string& path) {
  struct stat status {};

  if (::fstat(file.get(), &status) != 0) {
    return fail_at({path}, Code::kDataLoss, "read '{}': {}", path, std::strerror(errno));
  }
  if (S_ISDIR(status.st_mode)) {
    return fail_at(
        {path}, Code::kInvalidArgument, "read '{}': expected a file, found a folder", path);
  }
  return static_cast<std::size_t>(status.st_size);
}

}  // namespace

Status write_all(int fd, std::string_view content, const std::string& path) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written < 0) {
      return fail_at(
          {path}, Code::kResourceExhausted, "write '{}': {}", path, std::strerror(errno));
    }
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<std::string> read_file(const std::string& path, std::size_t max_bytes) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) {
    return fail_at({path}, code_of(errno), "open '{}': {}", path, std::strerror(errno));
  }
  const std::size_t size = TRY(size_of_regular_file(file, path));
  std::string content;
  content.reserve(std::min(size, max_bytes) + 1);
  char block[1 << 16];
  for (;;) {
    const ssize_t got = ::read(file.get(), block, sizeof block);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return fail_at({path}, Code::kDataLoss, "read '{}': {}", path, std::strerror(errno));
    }
    if (got == 0) {
      return content;
    }
    content.append(block, static_cast<std::size_t>(got));
    if (content.size() > max_bytes) {
      return fail_at(
          {path}, Code::kResourceExhausted, "read '{}': more than {} bytes", path, max_bytes);
    }
  }
}

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    names.push_back(entry.path().filename().string());
  }
  return names;
}

Status sync_path(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid() || ::fsync(file.get()) != 0) {
    return fail_at({path}, Code::kDataLoss, "sync '{}': {}", path, std::strerror(errno));
  }
  return {};
}

Status check_writable(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return fail_at(
        {path}, Code::kFailedPrecondition, "write '{}': expected a file, found a folder", path);
  }
  const std::string folder = std::filesystem::path(path).parent_path().string();
  if (::access(folder.empty() ? "." : folder.c_str(), W_OK | X_OK) != 0) {
    return fail_at({path}, code_of(errno), "write '{}': {}", path, std::strerror(errno));
  }
  return {};
}

Status write_file_atomically(const std::string& path, std::string_view content) {
  const std::string aside = fmt::format("{}.{}.tmp", path, ::getpid());
  {
    const Descriptor file(::open(aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!file.valid()) {
      return fail_at({path}, code_of(errno), "write '{}': {}", path, std::strerror(errno));
    }
    Status written = write_all(file.get(), content, path);
    if (written && ::fsync(file.get()) != 0) {
      written = fail_at({path}, Code::kDataLoss, "sync '{}': {}", path, std::strerror(errno));
    }
    if (!written) {
      ::unlink(aside.c_str());
      return written;
    }
  }
  if (std::rename(aside.c_str(), path.c_str()) != 0) {
    const int error = errno;
    ::unlink(aside.c_str());
    return fail_at({path}, code_of(error), "write '{}': {}", path, std::strerror(error));
  }
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return sync_path(folder.empty() ? "." : folder);
}

Result<std::shared_ptr<const MappedFile>> MappedFile::open(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) {
    return fail_at({path}, code_of(errno), "open '{}': {}", path, std::strerror(errno));
  }
  const std::size_t size = TRY(size_of_regular_file(file, path));
  if (size == 0) {
    return std::shared_ptr<const MappedFile>(new MappedFile(nullptr, 0));
  }
  void* data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (data == MAP_FAILED) {
    return fail_at({path}, Code::kResourceExhausted, "map '{}': {}", path, std::strerror(errno));
  }
  return std::shared_ptr<const MappedFile>(new MappedFile(static_cast<const char*>(data), size));
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) {
    ::munmap(const_cast<char*>(data_), size_);
  }
}

std::string cache_folder() {
  if (const char* cache = std::getenv("WEND_CACHE"); cache != nullptr && *cache != '\0') {
    return cache;
  }
  const char* home = std::getenv("HOME");
  return std::string(home == nullptr ? "/root" : home) + "/.cache/wend";
}

}  // namespace wend::base
