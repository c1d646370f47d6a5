// SPDX-License-Identifier: Apache-2.0
// libexec/wend-sandbox ASKER WALL_MS CPU_S MEMORY_MB DISK_MB PROCESSES PROGRAM ARGUMENT...
//
// Runs a program that nobody trusts, as long as the process ASKER lives: its input is stdin, its
// output and errors stdout, and how it ended is a line on stderr (report.h). Three processes: this
// one keeps the time, from outside; the first of the new process table, with which all others of it
// end; the program. Where a step of the confinement fails, nothing is run.
#include <array>
#include <charconv>
#include <cstdlib>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wend/sandbox/confine.h"
#include "wend/sandbox/report.h"
#include "wend/sandbox/system_error.h"

namespace wend::sandbox {
namespace {

using base::Result;
using base::Status;

constexpr int kReport = 3;  // Out of the program's reach: closed where it begins.

struct Job {
  pid_t asker = 0;
  Limits limits;
  std::vector<std::string> folders;
  char** program = nullptr;
};

template <class T>
void report(const T& news) {
  const std::string line = to_line(news);
  if (::write(kReport, line.data(), line.size()) < 0) {
    ::_exit(2);
  }
}

[[noreturn]] void refuse(const base::Error& error) {
  report(error);
  ::_exit(1);
}

Status end_with_parent() {
  return check_call(::prctl(PR_SET_PDEATHSIG, SIGKILL), "end with the parent");
}

Status parent_has_ended() {
  return base::fail(base::Code::kCancelled, "the parent has ended");
}

/// Ends with the process that asked. Who that is must be told: one that ended at once would be
/// taken for whoever took its place.
Status end_with_asker(pid_t asker) {
  TRY(end_with_parent());
  return ::getppid() == asker ? Status() : parent_has_ended();
}

/// Ends with the process that keeps the time, which is in another table and has no number here, but
/// a pipe whose other end closes with it.
Status end_with_keeper(int keeper) {
  TRY(end_with_parent());
  pollfd waiting = {keeper, POLLIN, 0};
  const int ready = ::poll(&waiting, 1, 0);
  ::close(keeper);
  return ready == 0 ? Status() : parent_has_ended();
}

Status put_streams_in_place() {
  TRY(check_call(::dup3(STDERR_FILENO, kReport, O_CLOEXEC), "keep the report's stream"));
  TRY(check_call(::dup2(STDOUT_FILENO, STDERR_FILENO), "join output and errors"));
  return check_call(::close_range(kReport + 1, ~0U, 0), "close other files");
}

void set_environment() {
  ::clearenv();
  constexpr std::array<std::pair<const char*, const char*>, 8> kAll = {
      {{"PATH", "/usr/local/bin:/usr/bin:/bin"},
       {"HOME", kScratch},
       {"TMPDIR", kScratch},
       {"LANG", "C.UTF-8"},
       {"OMP_NUM_THREADS", "1"},
       {"PYTHONDONTWRITEBYTECODE", "1"},
       {"PYTHONHASHSEED", "0"},
       {"PYTHONNOUSERSITE", "1"}}};
  for (const auto& [name, value] : kAll) {
    ::setenv(name, value, 1);
  }
}

/// The process that becomes the program.
Status become_program(const Job& job) {
  TRY(check_call(::setsid(), "begin a session"));
  // Whoever keeps the time must be heard over sixteen processes that want all of it.
  TRY(check_call(::setpriority(PRIO_PROCESS, 0, ::getpriority(PRIO_PROCESS, 0) + 5), "stand back"));
  set_environment();
  TRY(give_up_rights());
  TRY(filter_calls());
  TRY(set_limits(job.limits));
  ::execvp(job.program[0], job.program);
  return system_error("start '" + std::string(job.program[0]) + "' in the sandbox");
}

Ended ended_of(int status) {
  return WIFSIGNALED(status) ? Ended{Ending::kSignalled, WTERMSIG(status)}
                             : Ended{Ending::kExited, WEXITSTATUS(status)};
}

/// Takes leave of children until the program itself ends.
Status wait_for_program(pid_t program) {
  for (;;) {
    int status = 0;
    const pid_t ended = ::wait(&status);
    TRY(check_call(ended, "wait for the program"));
    if (ended == program) {
      report(ended_of(status));
      return {};
    }
  }
}

/// The first process of the table: when it ends, the kernel ends all others.
Status be_first_process(const Job& job) {
  TRY(make_file_tree(job.folders, job.limits));
  TRY(check_call(::prctl(PR_SET_DUMPABLE, 0), "keep others out of this process"));
  const pid_t program = ::fork();
  TRY(check_call(program, "start the program's process"));
  if (program == 0) {
    refuse(become_program(job).error());
  }
  return wait_for_program(program);
}

/// Ends everything when the time is over.
Status keep_time(pid_t first, std::uint64_t wall_ms) {
  const auto watched = static_cast<int>(::syscall(SYS_pidfd_open, first, 0));
  TRY(check_call(watched, "watch the program"));
  pollfd waiting = {watched, POLLIN, 0};
  const int ready = ::poll(&waiting, 1, static_cast<int>(wall_ms));
  TRY(check_call(ready, "wait for the program"));
  if (ready == 0) {
    ::kill(first, SIGKILL);
  }
  int status = 0;
  TRY(check_call(::waitpid(first, &status, 0), "see the program end"));
  if (ready == 0) {
    report(Ended{Ending::kTimedOut, 0});
  } else if (WIFSIGNALED(status)) {
    report(ended_of(status));
  }
  return {};
}

Result<Job> read_job(int argc, char** argv) {
  Job job;
  if (argc < 2) {
    return base::fail(base::Code::kInvalidArgument, "expected the process that this one ends with");
  }
  const std::string_view asker = argv[1];
  std::from_chars(asker.data(), asker.data() + asker.size(), job.asker);
  job.limits = TRY(parse_limits({argv + 2, static_cast<std::size_t>(argc - 2)}));
  job.program = argv + 2 + kLimitWords;
  if (*job.program == nullptr) {
    return base::fail(base::Code::kInvalidArgument, "expected a program to run");
  }
  job.folders = TRY(folders_of(*job.program));
  return job;
}

Status run(int argc, char** argv) {
  const Job job = TRY(read_job(argc, argv));
  TRY(leave_host());
  TRY(end_with_asker(job.asker));
  std::array<int, 2> keeper{};
  TRY(check_call(::pipe2(keeper.data(), O_CLOEXEC), "make a pipe"));
  const pid_t first = ::fork();
  TRY(check_call(first, "start the first process"));
  if (first == 0) {
    ::close(keeper[1]);
    Status confined = end_with_keeper(keeper[0]);
    confined = confined ? be_first_process(job) : confined;
    if (!confined) {
      refuse(confined.error());
    }
    ::_exit(0);
  }
  return keep_time(first, job.limits.wall_ms);
}

}  // namespace
}  // namespace wend::sandbox

int main(int argc, char** argv) {
  if (!wend::sandbox::put_streams_in_place()) {
    return 2;
  }
  const wend::base::Status done = wend::sandbox::run(argc, argv);
  if (!done) {
    wend::sandbox::refuse(done.error());
  }
  ::_exit(0);
}
