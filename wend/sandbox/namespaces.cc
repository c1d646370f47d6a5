// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "wend/sandbox/confine.h"
#include "wend/sandbox/system_error.h"

namespace wend::sandbox {

using base::Status;

namespace {

Status write_whole(const char* path, const std::string& text) {
  const int file = ::open(path, O_WRONLY | O_CLOEXEC);
  const bool written =
      file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  Status status = written ? Status() : Status(system_error(path));
  if (file >= 0) {
    ::close(file);
  }
  return status;
}

/// Root becomes nobody before anything else, so that nothing below ever runs with root's rights.
Status become_nobody() {
  if (::geteuid() == 0) {
    TRY(check_call(::setgroups(0, nullptr), "leave the groups"));
    TRY(check_call(::setresgid(kNobody, kNobody, kNobody), "become group nobody"));
    TRY(check_call(::setresuid(kNobody, kNobody, kNobody), "become user nobody"));
  }
  // A change of user closes /proc/self, where the tables of users are to be written.
  return check_call(::prctl(PR_SET_DUMPABLE, 1), "open /proc/self");
}

}  // namespace

Status leave_host() {
  TRY(become_nobody());
  // Where memory runs out after all, the kernel is to end this and nothing else.
  TRY(write_whole("/proc/self/oom_score_adj", "1000"));
  const std::string user = fmt::format("{} {} 1", kNobody, ::geteuid());
  const std::string group = fmt::format("{} {} 1", kNobody, ::getegid());
  constexpr int kAll = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC |
                       CLONE_NEWUTS | CLONE_NEWCGROUP;
  TRY(check_call(::unshare(kAll), "make namespaces of its own"));
  TRY(write_whole("/proc/self/setgroups", "deny"));
  TRY(write_whole("/proc/self/uid_map", user));
  return write_whole("/proc/self/gid_map", group);
}

}  // namespace wend::sandbox
