// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <utility>

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "wend/sandbox/confine.h"
#include "wend/sandbox/system_error.h"

namespace wend::sandbox {

using base::Status;

namespace {

/// The two processes around the program count as the same user's.
constexpr rlim_t kKeepers = 2;
constexpr rlim_t kMiB = rlim_t{1} << 20U;

Status drop_capabilities() {
  for (unsigned long capability = 0; ::prctl(PR_CAPBSET_READ, capability) >= 0; ++capability) {
    TRY(check_call(::prctl(PR_CAPBSET_DROP, capability), "drop a capability for good"));
  }
  TRY(check_call(::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0),
                 "drop the ambient capabilities"));
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  const std::array<__user_cap_data_struct, 2> none{};
  return check_call(::syscall(SYS_capset, &header, none.data()), "drop the capabilities");
}

}  // namespace

Status give_up_rights() {
  TRY(drop_capabilities());
  return check_call(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "rule out new privileges");
}

Status set_limits(const Limits& limits) {
  using Kind = decltype(RLIMIT_CPU);
  const std::array<std::pair<Kind, rlim_t>, 9> all = {{
      {RLIMIT_CPU, limits.cpu_s},
      {RLIMIT_AS, limits.memory_mb * kMiB},
      {RLIMIT_FSIZE, limits.disk_mb * kMiB},
      {RLIMIT_NPROC, limits.processes + kKeepers},
      {RLIMIT_NOFILE, 64},
      {RLIMIT_CORE, 0},
      {RLIMIT_MEMLOCK, 0},
      {RLIMIT_MSGQUEUE, 0},
      {RLIMIT_SIGPENDING, 64},
  }};
  for (const auto& [kind, limit] : all) {
    const rlimit both = {limit, limit};
    TRY(check_call(::setrlimit(kind, &both), "set a limit"));
  }
  return {};
}

}  // namespace wend::sandbox
