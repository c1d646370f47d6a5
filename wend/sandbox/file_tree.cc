// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "wend/sandbox/confine.h"
#include "wend/sandbox/system_error.h"

namespace wend::sandbox {

using base::Code;
using base::fail;
using base::Result;
using base::Status;
namespace fs = std::filesystem;

namespace {

constexpr const char* kOld = "/old";  // Where the host's root is while the new one is made.

Status show(const std::string& from, const std::string& to, std::uint64_t attributes) {
  TRY(check_call(::mount(from.c_str(), to.c_str(), nullptr, MS_BIND | MS_REC, nullptr),
                 "show '" + to + "'"));
  mount_attr changes{};
  changes.attr_set = attributes;
  return check_call(::mount_setattr(AT_FDCWD, to.c_str(), AT_RECURSIVE, &changes, sizeof(changes)),
                    "protect '" + to + "'");
}

Status show_folder(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  return show(kOld + folder, folder, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
}

Status show_file(const std::string& file, std::uint64_t attributes) {
  const int made = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0444);
  TRY(check_call(made, "make '" + file + "'"));
  ::close(made);
  return show(kOld + file, file, attributes);
}

/// /bin and its like are folders, or links into /usr.
Status show_as_it_is(const std::string& folder) {
  std::error_code error;
  const fs::file_status found = fs::symlink_status(kOld + folder, error);
  if (fs::is_symlink(found)) {
    const std::string target = fs::read_symlink(kOld + folder, error).string();
    return check_call(::symlink(target.c_str(), folder.c_str()), "link '" + folder + "'");
  }
  return fs::is_directory(found) ? show_folder(folder) : Status();
}

Status show_system() {
  TRY(show_folder("/usr"));
  for (const char* const folder : {"/bin", "/sbin", "/lib", "/lib32", "/lib64"}) {
    TRY(show_as_it_is(folder));
  }
  for (const char* const folder : {"/etc", "/dev"}) {
    TRY(check_call(::mkdir(folder, 0755), "make '" + std::string(folder) + "'"));
  }
  std::error_code error;
  if (fs::exists(std::string(kOld) + "/etc/ld.so.cache", error)) {
    TRY(show_file("/etc/ld.so.cache", MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID));
  }
  TRY(show_as_it_is("/etc/alternatives"));
  for (const char* const device : {"/dev/null", "/dev/zero", "/dev/urandom"}) {
    TRY(show_file(device, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC));
  }
  return {};
}

Status mount_memory(const char* folder, const std::string& options) {
  return check_call(
      ::mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, options.c_str()),
      "make a file system in memory");
}

/// An empty root in memory, with the host's under kOld.
Status change_root() {
  TRY(check_call(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr),
                 "part the mounts from the host's"));
  TRY(mount_memory("/tmp", "size=1m,nr_inodes=256,mode=0755"));
  TRY(check_call(::mkdir("/tmp/old", 0700), "make '/old'"));
  TRY(check_call(::syscall(SYS_pivot_root, "/tmp", "/tmp/old"), "change the root"));
  return check_call(::chdir("/"), "go to the new root");
}

Status forget_old_root() {
  TRY(check_call(::umount2(kOld, MNT_DETACH), "leave the host's files"));
  TRY(check_call(::rmdir(kOld), "remove '/old'"));
  mount_attr changes{};
  changes.attr_set = MOUNT_ATTR_RDONLY;
  TRY(check_call(::mount_setattr(AT_FDCWD, "/", 0, &changes, sizeof(changes)), "protect '/'"));
  return check_call(::chdir(kScratch), "go to the scratch folder");
}

bool is_below(const fs::path& path, const char* folder) {
  const std::string relative = path.lexically_relative(folder).string();
  return !relative.empty() && !relative.starts_with("..");
}

}  // namespace

Result<std::vector<std::string>> folders_of(const std::string& program) {
  std::vector<std::string> folders;
  if (!program.starts_with('/')) {
    return folders;
  }
  std::error_code error;
  const fs::path real = fs::canonical(program, error);
  if (error) {
    return fail(Code::kNotFound, "'{}': {}", program, error.message());
  }
  for (const fs::path& path : {fs::path(program).lexically_normal(), real}) {
    const fs::path folder = path.parent_path().parent_path();
    if (is_below(folder, "/usr") || is_below(path, "/bin")) {
      continue;
    }
    if (folder == "/" || folder.empty()) {
      return fail(Code::kInvalidArgument,
                  "'{}': expected an interpreter in a folder of its own, as /opt/python/bin",
                  path.string());
    }
    folders.push_back(folder.string());
  }
  return folders;
}

Status make_file_tree(const std::vector<std::string>& folders, const Limits& limits) {
  ::umask(0022);
  TRY(change_root());
  TRY(show_system());
  for (const std::string& folder : folders) {
    TRY(show_folder(folder));
  }
  std::error_code error;
  fs::create_directories(kScratch, error);
  TRY(mount_memory(kScratch, fmt::format("size={}m,nr_inodes=4096,mode=0700", limits.disk_mb)));
  return forget_old_root();
}

}  // namespace wend::sandbox
