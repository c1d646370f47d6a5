// SPDX-License-Identifier: Apache-2.0
// An artifact appears whole or not at all: its files are written into a folder beside the target,
// everything is synced, and one rename (or exchange of two names) makes it visible. A reader that
// opened the old files keeps them.
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wend/base/file.h"
#include "wend/ml/artifact.h"

namespace wend::ml {
namespace {

namespace fs = std::filesystem;
using base::Code;

constexpr std::size_t kMaxManifestBytes = std::size_t{1} << 28U;

/// A folder that is removed with all it holds unless it was kept.
class FolderAside {
 public:
  static base::Result<FolderAside> make(const fs::path& target) {
    std::string name =
        fmt::format("{}/.{}.XXXXXX", target.parent_path().string(), target.filename().string());
    if (::mkdtemp(name.data()) == nullptr || ::chmod(name.c_str(), 0755) != 0) {
      return base::fail(Code::kPermissionDenied,
                        "make a folder beside '{}': {}",
                        target.string(),
                        std::strerror(errno));
    }
    return FolderAside(name);
  }

  FolderAside(FolderAside&& other) noexcept : path_(std::exchange(other.path_, {})) {}

  FolderAside& operator=(FolderAside&&) = delete;

  ~FolderAside() {
    if (!path_.empty()) {
      std::error_code ignored;  // What cannot be removed lies hidden and harms no reader.
      fs::remove_all(path_, ignored);
    }
  }

  const std::string& path() const { return path_; }

  void keep() { path_.clear(); }

 private:
  explicit FolderAside(std::string path) : path_(std::move(path)) {}

  std::string path_;
};

/// What may be replaced: nothing, an empty folder, or a folder that holds an artifact and nothing
/// else.
base::Status check_replaceable(const fs::path& target) {
  std::error_code error;
  const fs::file_status status = fs::status(target, error);
  if (!fs::exists(status)) {
    return {};
  }
  if (!fs::is_directory(status)) {
    return base::fail(Code::kAlreadyExists,
                      "'{}' exists and is no folder; choose another place for the artifact",
                      target.string());
  }
  for (const fs::directory_entry& entry : fs::directory_iterator(target, error)) {
    const std::string name = entry.path().filename().string();
    if (name != "manifest.json" && name != "weights.safetensors") {
      return base::fail(Code::kAlreadyExists,
                        "'{}' holds '{}', which is no part of an artifact, and is left alone; "
                        "choose another folder",
                        target.string(),
                        name);
    }
  }
  if (error) {
    return base::fail(
        Code::kPermissionDenied, "look into '{}': {}", target.string(), error.message());
  }
  return {};
}

base::Status swapping_failed(const fs::path& target, int error) {
  return base::fail(Code::kPermissionDenied,
                    "put the artifact at '{}': {}",
                    target.string(),
                    std::strerror(error));
}

/// Puts `aside` in the target's place; afterwards `aside` holds what stood there, if anything did.
base::Status swap_into_place(FolderAside& aside, const fs::path& target) {
  if (::rename(aside.path().c_str(), target.c_str()) == 0) {
    aside.keep();
    return {};
  }
  if (errno != ENOTEMPTY && errno != EEXIST) {
    return swapping_failed(target, errno);
  }
  if (::renameat2(AT_FDCWD, aside.path().c_str(), AT_FDCWD, target.c_str(), RENAME_EXCHANGE) == 0) {
    return {};
  }
  if (errno != EINVAL && errno != ENOSYS) {
    return swapping_failed(target, errno);
  }
  // A file system without exchange: between the two renames the target's name is gone, but the old
  // artifact still lies whole beside it.
  const std::string old = aside.path() + ".old";
  if (::rename(target.c_str(), old.c_str()) != 0) {
    return swapping_failed(target, errno);
  }
  if (::rename(aside.path().c_str(), target.c_str()) != 0) {
    const int error = errno;
    ::rename(old.c_str(), target.c_str());
    return swapping_failed(target, error);
  }
  aside.keep();
  std::error_code ignored;
  fs::remove_all(old, ignored);
  return {};
}

/// The folder the name means: absolute, links followed, no slash at the end.
base::Result<fs::path> target_of(const std::string& folder) {
  std::error_code error;
  fs::path target = fs::weakly_canonical(fs::absolute(folder, error), error);
  if (!target.has_filename()) {
    target = target.parent_path();
  }
  if (error || folder.empty() || !target.has_filename()) {
    return base::fail(Code::kInvalidArgument, "'{}' is no name for an artifact's folder", folder);
  }
  return target;
}

base::Status make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    return base::fail(
        Code::kPermissionDenied, "make folder '{}': {}", folder.string(), error.message());
  }
  return {};
}

/// Whether `folder`, or what is there of the way to it, may get a new entry.
base::Status check_can_grow(fs::path folder) {
  std::error_code ignored;
  while (!fs::exists(folder, ignored) && folder.has_relative_path()) {
    folder = folder.parent_path();
  }
  if (fs::is_directory(folder, ignored) && ::access(folder.c_str(), W_OK | X_OK) == 0) {
    return {};
  }
  return base::fail(
      Code::kPermissionDenied, "'{}': expected a folder that may be written to", folder.string());
}

}  // namespace

base::Status check_artifact_target(const std::string& folder) {
  const fs::path target = TRY(target_of(folder));
  TRY(check_replaceable(target));
  return check_can_grow(target.parent_path());
}

base::Status write_artifact(const Artifact& artifact, const std::string& folder) {
  const ArtifactFiles files = TRY(seal_artifact(artifact));
  const fs::path target = TRY(target_of(folder));
  TRY(check_replaceable(target));
  TRY(make_folder(target.parent_path()));
  FolderAside aside = TRY(FolderAside::make(target));
  TRY(base::write_file_atomically(aside.path() + "/weights.safetensors", files.weights));
  TRY(base::write_file_atomically(aside.path() + "/manifest.json", files.manifest));
  TRY(base::sync_path(aside.path()));
  TRY(swap_into_place(aside, target));
  return base::sync_path(target.parent_path().string());
}

base::Result<Artifact> read_artifact(const std::string& folder) {
  const std::string context = fmt::format("artifact '{}'", folder);
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) {
    return base::fail(Code::kNotFound, "{}: there is no such folder", context);
  }
  auto manifest = base::read_file(folder + "/manifest.json", kMaxManifestBytes);
  if (!manifest) {
    return base::pass_on(std::move(manifest), context);
  }
  auto weights = base::MappedFile::open(folder + "/weights.safetensors");
  if (!weights) {
    return base::pass_on(std::move(weights), context);
  }
  auto artifact = open_artifact(*manifest, (*weights)->bytes(), *weights);
  if (!artifact) {
    return base::pass_on(std::move(artifact), context);
  }
  return artifact;
}

}  // namespace wend::ml
