// SPDX-License-Identifier: Apache-2.0
// How a process gives up what it could do, step by step; what libexec/wend-sandbox consists of.
// Only for a process of one thread that was started for it.
//
//   1  leave_host         an unprivileged user (nobody, where it was root), new namespaces: its own
//                         user, mount, process, network, IPC, host name and cgroup tables
//   2  make_file_tree     first process of the new table: a root of its own, in which there is the
//                         system read-only, three devices, and a scratch folder in memory
//   3  give_up_rights     the program's process: no capability, no new privileges
//   4  filter_calls       of the kernel's calls those that a program needs to calculate
//   5  set_limits         last, since the steps before need memory too
#pragma once

#include <string>
#include <vector>

#include "wend/base/result.h"
#include "wend/sandbox/limits.h"

namespace wend::sandbox {

/// Whom files belong to that belong to nobody; who the program is, inside and (where wend runs as
/// root) outside.
inline constexpr unsigned kNobody = 65534;

/// The scratch folder, the program's home.
inline constexpr const char* kScratch = "/tmp";

/// The next child of this process is the first of a new table of processes.
base::Status leave_host();

/// The folders outside /usr that an interpreter needs: where `program` is a path, the parent of the
/// folder it lies in, and the same of what it is a link to.
base::Result<std::vector<std::string>> folders_of(const std::string& program);

/// Leaves nothing of the host in sight but its system folders and `folders`, read-only.
base::Status make_file_tree(const std::vector<std::string>& folders, const Limits& limits);

base::Status give_up_rights();

/// Calls that are not on the list fail with ENOSYS, as if the kernel had none.
base::Status filter_calls();

base::Status set_limits(const Limits& limits);

}  // namespace wend::sandbox
