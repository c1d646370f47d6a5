// SPDX-License-Identifier: Apache-2.0
// A list of what is allowed, since what is dangerous grows with every kernel. Left out with intent:
// ptrace and its kin, every socket but a pair, mounts, namespaces, keys, bpf, io_uring, modules,
// clocks, System V memory and memfd_create (memory that no limit counts).
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "wend/sandbox/confine.h"

namespace wend::sandbox {

using base::Code;
using base::fail;
using base::Status;

namespace {

constexpr const char* kFiles[] = {
    "access",    "chdir",     "chmod",      "close",      "close_range", "copy_file_range",
    "creat",     "dup",       "dup2",       "dup3",       "faccessat",   "faccessat2",
    "fadvise64", "fallocate", "fchdir",     "fchmod",     "fchmodat",    "fcntl",
    "fdatasync", "fgetxattr", "flistxattr", "flock",      "fstat",       "fstatfs",
    "fsync",     "ftruncate", "getcwd",     "getdents",   "getdents64",  "getxattr",
    "lgetxattr", "link",      "linkat",     "listxattr",  "llistxattr",  "lseek",
    "lstat",     "mkdir",     "mkdirat",    "newfstatat", "open",        "openat",
    "openat2",   "pread64",   "preadv",     "preadv2",    "pwrite64",    "pwritev",
    "pwritev2",  "read",      "readlink",   "readlinkat", "readv",       "rename",
    "renameat",  "renameat2", "rmdir",      "sendfile",   "splice",      "stat",
    "statfs",    "statx",     "symlink",    "symlinkat",  "truncate",    "umask",
    "unlink",    "unlinkat",  "utime",      "utimensat",  "utimes",      "write",
    "writev"};

constexpr const char* kMemory[] = {
    "brk", "madvise", "mincore", "mmap", "mprotect", "mremap", "msync", "munmap", "membarrier"};

constexpr const char* kProcesses[] = {"arch_prctl",
                                      "capget",
                                      "execve",
                                      "execveat",
                                      "exit",
                                      "exit_group",
                                      "fork",
                                      "getegid",
                                      "geteuid",
                                      "getgid",
                                      "getgroups",
                                      "getpgid",
                                      "getpgrp",
                                      "getpid",
                                      "getppid",
                                      "getpriority",
                                      "getresgid",
                                      "getresuid",
                                      "getrlimit",
                                      "getrusage",
                                      "getsid",
                                      "gettid",
                                      "getuid",
                                      "kill",
                                      "rseq",
                                      "sched_getaffinity",
                                      "sched_getparam",
                                      "sched_getscheduler",
                                      "sched_setaffinity",
                                      "sched_yield",
                                      "set_robust_list",
                                      "get_robust_list",
                                      "set_tid_address",
                                      "setpgid",
                                      "setpriority",
                                      "setrlimit",
                                      "setsid",
                                      "sysinfo",
                                      "tgkill",
                                      "tkill",
                                      "times",
                                      "uname",
                                      "vfork",
                                      "wait4",
                                      "waitid",
                                      "getcpu"};

constexpr const char* kWaiting[] = {"alarm",
                                    "clock_getres",
                                    "clock_gettime",
                                    "clock_nanosleep",
                                    "epoll_create",
                                    "epoll_create1",
                                    "epoll_ctl",
                                    "epoll_pwait",
                                    "epoll_pwait2",
                                    "epoll_wait",
                                    "eventfd2",
                                    "futex",
                                    "getitimer",
                                    "gettimeofday",
                                    "nanosleep",
                                    "pause",
                                    "pipe",
                                    "pipe2",
                                    "poll",
                                    "ppoll",
                                    "pselect6",
                                    "restart_syscall",
                                    "rt_sigaction",
                                    "rt_sigpending",
                                    "rt_sigprocmask",
                                    "rt_sigreturn",
                                    "rt_sigsuspend",
                                    "rt_sigtimedwait",
                                    "select",
                                    "setitimer",
                                    "sigaltstack",
                                    "time",
                                    "timer_create",
                                    "timer_delete",
                                    "timer_getoverrun",
                                    "timer_gettime",
                                    "timer_settime",
                                    "getrandom"};

/// Of a pair of sockets, which asyncio wakes itself with.
constexpr const char* kPairs[] = {"getpeername",
                                  "getsockname",
                                  "getsockopt",
                                  "recvfrom",
                                  "recvmsg",
                                  "sendmsg",
                                  "sendto",
                                  "setsockopt",
                                  "shutdown"};

struct Released {
  void operator()(scmp_filter_ctx filter) const { seccomp_release(filter); }
};

using Filter = std::unique_ptr<void, Released>;

/// A negative number is -errno, as everywhere in libseccomp.
Status check_filter(int returned) {
  return returned < 0 ? Status(fail(Code::kFailedPrecondition,
                                    "filter the calls of the kernel: {}",
                                    std::strerror(-returned)))
                      : Status();
}

Status allow(const Filter& filter, std::span<const char* const> calls) {
  for (const char* const call : calls) {
    const int number = seccomp_syscall_resolve_name(call);
    if (number != __NR_SCMP_ERROR) {  // Not every machine has every call.
      TRY(check_filter(seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, number, 0)));
    }
  }
  return {};
}

Status allow_where(const Filter& filter, const char* call, scmp_arg_cmp condition) {
  return check_filter(seccomp_rule_add_array(
      filter.get(), SCMP_ACT_ALLOW, seccomp_syscall_resolve_name(call), 1, &condition));
}

scmp_arg_cmp argument_is(unsigned argument, std::uint64_t value) {
  return {argument, SCMP_CMP_EQ, value, 0};
}

/// Calls that depend on what is asked of them. clone3 hides that in memory and is refused: the C
/// library then takes clone.
Status allow_in_part(const Filter& filter) {
  constexpr std::uint64_t kNamespaces = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET |
                                        CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
  TRY(allow_where(filter, "clone", {0, SCMP_CMP_MASKED_EQ, kNamespaces, 0}));
  TRY(allow_where(filter, "socketpair", argument_is(0, AF_UNIX)));
  TRY(allow_where(filter, "prlimit64", argument_is(0, 0)));
  constexpr std::array<std::uint64_t, 6> kRequests = {
      TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIOCLEX, FIONCLEX};
  for (const std::uint64_t request : kRequests) {
    TRY(allow_where(filter, "ioctl", argument_is(1, request)));
  }
  constexpr std::array<std::uint64_t, 3> kOptions = {PR_SET_NAME, PR_GET_NAME, PR_GET_DUMPABLE};
  for (const std::uint64_t option : kOptions) {
    TRY(allow_where(filter, "prctl", argument_is(0, option)));
  }
  return {};
}

}  // namespace

Status filter_calls() {
  const Filter filter(seccomp_init(SCMP_ACT_ERRNO(ENOSYS)));
  if (filter == nullptr) {
    return fail(Code::kFailedPrecondition, "filter the calls of the kernel: no filter can be made");
  }
  TRY(allow(filter, kFiles));
  TRY(allow(filter, kMemory));
  TRY(allow(filter, kProcesses));
  TRY(allow(filter, kWaiting));
  TRY(allow(filter, kPairs));
  TRY(allow_in_part(filter));
  return check_filter(seccomp_load(filter.get()));
}

}  // namespace wend::sandbox
