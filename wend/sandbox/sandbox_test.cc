// SPDX-License-Identifier: Apache-2.0
// Programs that try to get out, each of which says what it reached. Where a machine allows no
// confinement these are skipped with the sandbox's own sentence.
#include "wend/sandbox/sandbox.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace wend::sandbox {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
namespace fs = std::filesystem;

const std::string kHelper = WEND_BINARY_DIR "/libexec/wend-sandbox";

base::Result<ConfinedRun> run_python(const std::string& text,
                                     const Limits& limits = {},
                                     const std::string& input = "") {
  const std::vector<std::string> words = {"python3", "-c", text};
  return run_confined(kHelper, words, input, limits);
}

/// The command lines of this machine's processes that have a word in them.
std::vector<std::string> processes_with(const std::string& word) {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "cmdline");
    std::string line((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (line.find(word) != std::string::npos) {
      found.push_back(line);
    }
  }
  return found;
}

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    names.push_back(entry.path().string());
  }
  std::ranges::sort(names);
  return names;
}

/// A process of this machine whose command line begins with one word and has another; 0: none.
pid_t process_of(const std::string& program, const std::string& word) {
  for (const auto& entry : fs::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "cmdline");
    std::string line((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (line.starts_with(program) && line.find(word) != std::string::npos) {
      return std::stoi(entry.path().filename().string());
    }
  }
  return 0;
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// Waits for a condition, at most ten seconds.
template <class Condition>
bool comes_true(const Condition& condition) {
  for (int i = 0; i < 200; ++i) {
    if (condition()) {
      return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return false;
}

/// Whether the kernel lets a user without rights make namespaces and mounts, by a way of its own:
/// where it does, a sandbox that cannot be made is a fault of the sandbox.
bool machine_allows_namespaces() {
  const pid_t child = ::fork();
  if (child == 0) {
    constexpr unsigned kSomebody = 54321;
    const bool is_somebody =
        ::geteuid() != 0 ||
        (::setgroups(0, nullptr) == 0 && ::setgid(kSomebody) == 0 && ::setuid(kSomebody) == 0);
    const bool allows = is_somebody &&
                        ::unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET) == 0 &&
                        ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
    ::_exit(allows ? 0 : 1);
  }
  int status = 1;
  ::waitpid(child, &status, 0);
  return status == 0;
}

class Sandbox : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    const auto tried = run_python("pass");
    refusal = tried ? "" : tried.error().message;
  }

  void SetUp() override {
    if (!refusal.empty()) {
      ASSERT_FALSE(machine_allows_namespaces()) << refusal;
      GTEST_SKIP() << refusal;
    }
  }

  /// What a program printed that is expected to end by itself.
  static std::string output_of(const std::string& text, const Limits& limits = {}) {
    const auto run = run_python(text, limits);
    EXPECT_TRUE(run) << run.error().message;
    EXPECT_EQ(run->ended.ending, Ending::kExited) << run->output;
    EXPECT_EQ(run->ended.number, 0) << run->output;
    return run->output;
  }

  static inline std::string refusal;
};

/// Calls what is given and prints "reached" where it works, else the kind of error.
const std::string kAttempt = R"(
import ctypes, os, resource, socket, subprocess, sys, time
def attempt(what):
    try:
        print("reached", what())
    except Exception as error:
        print("failed", type(error).__name__)
def call(name, *arguments):
    libc = ctypes.CDLL(None, use_errno=True)
    result = getattr(libc, name)(*arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), name)
    return result
)";

TEST_F(Sandbox, RunsAProgramOnItsInput) {
  const auto run =
      run_python("print(input() * 2); import sys; print('no', file=sys.stderr)", {}, "ab\n");
  ASSERT_TRUE(run);
  EXPECT_THAT(run->output, AllOf(HasSubstr("abab\n"), HasSubstr("no\n")));
}

TEST_F(Sandbox, SaysHowAProgramEnded) {
  const auto failed = run_python("import sys; sys.exit(3)");
  EXPECT_EQ(failed->ended.ending, Ending::kExited);
  EXPECT_EQ(failed->ended.number, 3);
  const auto crashed = run_python("import os; os.kill(os.getpid(), 11)");
  EXPECT_EQ(crashed->ended.ending, Ending::kSignalled);
  EXPECT_EQ(crashed->ended.number, SIGSEGV);
  Limits limits;
  limits.wall_ms = 300;
  EXPECT_EQ(run_python("import time; time.sleep(1000)", limits)->ended.ending, Ending::kTimedOut);
}

TEST_F(Sandbox, RefusesWhatCannotBeStarted) {
  const std::vector<std::string> words = {"no-such-interpreter"};
  EXPECT_THAT(run_confined(kHelper, words, "", {}).error().message,
              HasSubstr("start 'no-such-interpreter' in the sandbox: No such file"));
  EXPECT_THAT(run_confined(kHelper + "-not", words, "", {}).error().message,
              HasSubstr("which confines programs"));
  const std::vector<std::string> lost = {"/no/such/python"};
  EXPECT_THAT(run_confined(kHelper, lost, "", {}).error().message, HasSubstr("'/no/such/python'"));
}

TEST_F(Sandbox, TakesAnInterpreterByItsPath) {
  const std::vector<std::string> words = {"/usr/bin/python3", "-c", "print('here')"};
  const auto run = run_confined(kHelper, words, "", {});
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_EQ(run->output, "here\n");
}

TEST_F(Sandbox, LeavesWhatProgramsNeed) {
  EXPECT_EQ(output_of(R"py(
import asyncio, concurrent.futures, datetime, decimal, json, os, random, shutil, sqlite3, subprocess, tempfile, threading
with tempfile.NamedTemporaryFile("w+") as file:
    file.write("x")
    shutil.copy2(file.name, "/tmp/copy")
async def one():
    await asyncio.sleep(0)
    return 1
assert asyncio.run(one()) == 1
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    assert sum(pool.map(int, "1234")) == 10
assert subprocess.run(["sh", "-c", "echo $((6 * 7))"], capture_output=True, text=True).stdout == "42\n"
database = sqlite3.connect("/tmp/a.db")
database.execute("create table t (a)")
database.commit()
os.urandom(8), random.random(), datetime.datetime.now()
print("all")
)py"),
            "all\n");
}

TEST_F(Sandbox, ShowsNothingOfTheHost) {
  ::setenv("WEND_SECRET_OF_THE_TEST", "k-123", 1);
  const std::string seen = output_of(kAttempt + R"(
for path in ["/etc/shadow", "/etc/passwd", "/root/.bashrc", "/proc/self/environ", "/proc/1/environ", "/proc/1/root/etc/shadow",
             "/old/etc/shadow", "/old/etc/passwd", "/tmp/../../../etc/shadow", "/dev/mem", "/dev/kmsg", "/dev/tty", "/sys/kernel/notes"]:
    attempt(lambda: open(path, "rb").read(1))
attempt(lambda: os.listdir("/proc"))
attempt(lambda: os.listdir("/home"))
attempt(lambda: os.listdir("/old"))
print(sorted(os.listdir("/")), sorted(os.environ), os.listdir("/tmp"))
)");
  EXPECT_THAT(seen, Not(HasSubstr("reached")));
  EXPECT_THAT(seen, Not(HasSubstr("SECRET")));
  EXPECT_THAT(seen, Not(HasSubstr("proc")));
  EXPECT_THAT(seen, HasSubstr(" []\n")) << "the scratch folder begins empty";
}

TEST_F(Sandbox, WritesOnlyToTheScratchFolder) {
  const auto root_before = names_in("/");
  const std::string marker = "wend-sandbox-test-" + std::to_string(::getpid());
  const std::string seen = output_of(kAttempt + "name = '" + marker + "'" + R"(
for folder in ["/", "/usr/", "/usr/bin/", "/usr/local/", "/etc/", "/dev/", "/lib/", "/bin/", "/var/tmp/", "/run/", "/dev/shm/"]:
    attempt(lambda: open(folder + name, "w"))
attempt(lambda: os.remove("/usr/bin/env"))
attempt(lambda: os.chmod("/usr", 0o777))
attempt(lambda: os.rename("/tmp", "/gone"))
for folder in ("/", "/usr", "/usr/bin"):
    assert os.statvfs(folder).f_flag & os.ST_RDONLY, folder  # The host's own rights may say the same.
open(os.environ["HOME"] + "/" + name, "w").write("x")
)");
  EXPECT_THAT(seen, Not(HasSubstr("reached")));
  EXPECT_EQ(names_in("/"), root_before);
  EXPECT_FALSE(fs::exists("/tmp/" + marker));
}

TEST_F(Sandbox, FollowsNoLinkOut) {
  const std::string seen = output_of(kAttempt + R"(
os.symlink("/etc/shadow", "shadow")
os.symlink("../../../..", "up")
os.symlink("/usr", "system")
attempt(lambda: open("shadow").read())
attempt(lambda: open("up/etc/shadow").read())
attempt(lambda: open("system/written", "w"))
attempt(lambda: os.link("/usr/bin/env", "env"))
attempt(lambda: call("mount", b"/usr", b"/tmp/up", b"", 4096, None))
attempt(lambda: call("chroot", b"/tmp"))
attempt(lambda: call("umount2", b"/tmp", 2))
attempt(lambda: call("unshare", 0x10000000))
attempt(lambda: call("setns", 0, 0))
attempt(lambda: call("mknod", b"/tmp/sda", 0o60666, 0x800))
)");
  EXPECT_THAT(seen, Not(HasSubstr("reached")));
}

/// A socket of the host that hears whatever comes out.
class Listener {
 public:
  Listener(int type, const sockaddr* address, socklen_t length)
      : socket_(::socket(address->sa_family, type | SOCK_CLOEXEC, 0)) {
    EXPECT_EQ(::bind(socket_, address, length), 0);
    if (type == SOCK_STREAM) {
      EXPECT_EQ(::listen(socket_, 5), 0);
    }
  }

  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  ~Listener() { ::close(socket_); }

  int port() const {
    sockaddr_in address{};
    socklen_t length = sizeof(address);
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length);
    return ntohs(address.sin_port);
  }

  bool heard_nothing() const {
    pollfd waiting = {socket_, POLLIN, 0};
    return ::poll(&waiting, 1, 0) == 0;
  }

 private:
  int socket_;
};

TEST_F(Sandbox, ReachesNoSocket) {
  sockaddr_in loopback{};
  loopback.sin_family = AF_INET;
  loopback.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const Listener tcp(SOCK_STREAM, reinterpret_cast<const sockaddr*>(&loopback), sizeof(loopback));
  const Listener udp(SOCK_DGRAM, reinterpret_cast<const sockaddr*>(&loopback), sizeof(loopback));
  sockaddr_un abstract{};
  abstract.sun_family = AF_UNIX;
  const std::string name = "wend-sandbox-test-" + std::to_string(::getpid());
  name.copy(abstract.sun_path + 1, name.size());
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  const Listener local(SOCK_STREAM, reinterpret_cast<const sockaddr*>(&abstract), length);
  const std::string seen = output_of(
      kAttempt + fmt::format("tcp, udp, name = {}, {}, '{}'\n", tcp.port(), udp.port(), name) + R"(
attempt(lambda: socket.create_connection(("127.0.0.1", tcp), 1))
attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", udp)))
attempt(lambda: socket.socket(socket.AF_UNIX).connect("\0" + name))
for family in (socket.AF_INET6, socket.AF_NETLINK, socket.AF_PACKET, 38, 40):
    attempt(lambda: socket.socket(family, socket.SOCK_RAW))
attempt(lambda: socket.socketpair(socket.AF_INET))
)");
  EXPECT_THAT(seen, Not(HasSubstr("reached")));
  EXPECT_TRUE(tcp.heard_nothing());
  EXPECT_TRUE(udp.heard_nothing());
  EXPECT_TRUE(local.heard_nothing());
}

TEST_F(Sandbox, HasNoRights) {
  const std::string seen = output_of(kAttempt + R"(
assert (os.getuid(), os.geteuid(), os.getpid() > 1) == (65534, 65534, True), (os.getuid(), os.getpid())
attempt(lambda: os.setuid(0))
attempt(lambda: call("setresuid", 0, 0, 0))
attempt(lambda: call("ptrace", 16, 1, 0, 0))
attempt(lambda: call("ptrace", 0, 0, 0, 0))
attempt(lambda: call("syscall", 310, 1, 0, 0, 0, 0, 0))
attempt(lambda: call("syscall", 321, 0, 0, 0))
attempt(lambda: call("syscall", 250, 0, 0))
attempt(lambda: call("syscall", 425, 8, 0))
attempt(lambda: call("syscall", 246, 0, 0, 0))
attempt(lambda: call("syscall", 323, 0))
attempt(lambda: call("syscall", 298, 0, 0, 0, 0, 0))
attempt(lambda: call("memfd_create", b"x", 0))
attempt(lambda: call("shmget", 0, 1 << 20, 0o1666))
attempt(lambda: call("sethostname", b"x", 1))
attempt(lambda: call("swapoff", b"/x"))
attempt(lambda: call("reboot", 0))
for kind in (resource.RLIMIT_CPU, resource.RLIMIT_AS, resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE):
    most = resource.getrlimit(kind)[1]
    attempt(lambda: resource.setrlimit(kind, (most + 1, most + 1)))
    attempt(lambda: resource.setrlimit(kind, (-1, -1)))
)");
  EXPECT_THAT(seen, Not(HasSubstr("reached")));
}

TEST_F(Sandbox, CannotEndItsKeepers) {
  const std::string seen = output_of(kAttempt + R"(
for number in (9, 15, 19):
    attempt(lambda: os.kill(1, number) and None)
attempt(lambda: os.kill(os.getppid(), 9))
attempt(lambda: os.kill(-1, 9))
for number in range(3, 64):
    attempt(lambda: os.write(number, b"exited 7\n"))
    attempt(lambda: os.close(number))
time.sleep(0.2)
print("alive", os.getppid())
)");
  EXPECT_THAT(seen, HasSubstr("alive 1"));
}

TEST_F(Sandbox, StopsAForkBomb) {
  Limits limits;
  limits.wall_ms = 1500;
  const std::string marker = "fork-bomb-" + std::to_string(::getpid());
  const auto run = run_python("import os\n'" + marker + R"('
while True:
    try:
        os.fork()
    except OSError:
        pass
)",
                              limits);
  ASSERT_TRUE(run);
  EXPECT_EQ(run->ended.ending, Ending::kTimedOut);
  EXPECT_THAT(processes_with(marker), SizeIs(0));
}

TEST_F(Sandbox, CountsProcesses) {
  const std::string seen = output_of(R"(
import os, time
children = 0
try:
    while children < 1000:
        if os.fork() == 0:
            time.sleep(100)
        children += 1
except OSError:
    pass
print("children", children)
)");
  EXPECT_EQ(seen, "children 7\n");
}

TEST_F(Sandbox, LeavesNoProcessBehind) {
  const std::string marker = "left-behind-" + std::to_string(::getpid());
  EXPECT_EQ(output_of("import os, time\n'" + marker + R"('
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.close(1)
        os.close(2)
        time.sleep(1000)
    os._exit(0)
os.wait()
print("gone")
)"),
            "gone\n");
  EXPECT_THAT(processes_with(marker), SizeIs(0));
}

TEST_F(Sandbox, EndsWithTheProcessThatAskedForIt) {
  const std::string marker = "orphan-" + std::to_string(::getpid());
  const pid_t child = ::fork();
  if (child == 0) {
    Limits limits;
    limits.wall_ms = 600'000;  // It is not the time that is to end it.
    static_cast<void>(run_python("import time\n'" + marker + "'\ntime.sleep(1000)", limits));
    ::_exit(0);
  }
  EXPECT_TRUE(comes_true([&] { return process_of("python3", marker) != 0; }));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(comes_true([&] { return processes_with(marker).empty(); }));
}

TEST_F(Sandbox, EndsWithTheProcessThatAskedForItWhenever) {
  const std::string marker = "early-orphan-" + std::to_string(::getpid());
  for (int i = 0; i < 20; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      Limits limits;
      limits.wall_ms = 600'000;
      static_cast<void>(run_python("import time\n'" + marker + "'\ntime.sleep(1000)", limits));
      ::_exit(0);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2 * i));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
  }
  EXPECT_TRUE(comes_true([&] { return processes_with(marker).empty(); }));
}

TEST_F(Sandbox, RunsNothingWhereTheProcessThatAskedHasEndedAlready) {
  const std::string command = kHelper + " 1 1000 1 64 1 1 echo ran 2>&1";
  std::FILE* const output = ::popen(command.c_str(), "r");
  ASSERT_NE(output, nullptr);
  std::string said(200, ' ');
  said.resize(std::fread(said.data(), 1, said.size(), output));
  ::pclose(output);
  EXPECT_EQ(said, "refused: the parent has ended\n");
}

TEST_F(Sandbox, BoundsTheDisk) {
  Limits limits;
  limits.disk_mb = 4;
  const std::string seen = output_of(R"(
import os
written = 0
try:
    for number in range(100):
        with open(f"/tmp/{number}", "wb", buffering=0) as file:
            for _ in range(64):
                written += file.write(b"x" * 65536)
except OSError:
    pass
print(written <= 4 << 20, written >= 3 << 20)
for number in range(100):
    if os.path.exists(f"/tmp/{number}"):
        os.remove(f"/tmp/{number}")
files = 0
try:
    for number in range(100000):
        os.mkdir(f"/tmp/d{number}")
        files += 1
except OSError:
    pass
print(1000 < files < 5000)
)",
                                     limits);
  EXPECT_EQ(seen, "True True\nTrue\n");
}

TEST_F(Sandbox, BoundsMemory) {
  Limits limits;
  limits.memory_mb = 128;
  const std::string seen = output_of(kAttempt + R"(
import mmap
attempt(lambda: len(bytearray(1 << 30)))
attempt(lambda: len(mmap.mmap(-1, 1 << 30)))
pieces = []
def many():
    while True:
        pieces.append(bytearray(1 << 22))
attempt(many)
)",
                                     limits);
  EXPECT_THAT(seen, Not(HasSubstr("reached")));
  EXPECT_THAT(seen, HasSubstr("MemoryError"));
}

TEST_F(Sandbox, BoundsTheMemoryOfAllItsProcessesTogether) {
  Limits limits;
  limits.memory_mb = 96;
  limits.processes = 4;
  const std::string seen = output_of(R"(
import os, time
reads, writes = os.pipe()
def fill():
    pieces = []
    try:
        while len(pieces) < 1000:
            pieces.append(bytearray(1 << 20))
    except MemoryError:
        pass
    count = len(pieces)
    if pieces:
        pieces.pop()
    os.write(writes, b"%8d" % count)
    return pieces
processes = 1
try:
    while processes < 50:
        if os.fork() == 0:
            pieces = fill()
            time.sleep(100)
        processes += 1
except OSError:
    pass
pieces = fill()
total = sum(int(os.read(reads, 8)) for _ in range(processes))
print(processes, 100 < total <= 4 * 96)
)",
                                     limits);
  EXPECT_EQ(seen, "4 True\n");
  EXPECT_EQ(limits.whole_memory_mb(), 4 * 96 + limits.disk_mb);
}

TEST_F(Sandbox, BoundsTheProcessorsTime) {
  Limits limits;
  limits.cpu_s = 1;
  limits.wall_ms = 60'000;
  const auto run =
      run_python("import signal; signal.signal(24, signal.SIG_IGN)\nwhile True: pass", limits);
  ASSERT_TRUE(run);
  EXPECT_EQ(run->ended.ending, Ending::kSignalled);
}

TEST_F(Sandbox, KeepsTheEndOfALongOutput) {
  const std::string seen = output_of("print('x' * 10 ** 7)\nprint('end')");
  EXPECT_THAT(seen, SizeIs(kKeptOutput));
  EXPECT_TRUE(seen.ends_with("x\nend\n"));
  Limits limits;
  limits.wall_ms = 1000;
  const auto endless = run_python("while True: print('x' * 1000)", limits);
  ASSERT_TRUE(endless);
  EXPECT_EQ(endless->ended.ending, Ending::kTimedOut);
  EXPECT_LE(endless->output.size(), kKeptOutput);
}

TEST_F(Sandbox, RunsBesideItself) {
  std::vector<std::thread> threads;
  std::vector<std::string> outputs(8);
  threads.reserve(outputs.size());
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    threads.emplace_back([&outputs, i] {
      const auto run = run_python("print(" + std::to_string(i) + ")");
      outputs[i] = run ? run->output : run.error().message;
    });
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    threads[i].join();
    EXPECT_EQ(outputs[i], std::to_string(i) + "\n");
  }
}

/// What one protection hides another may hide too: these are looked at from outside, one by one.
TEST_F(Sandbox, ConfinesByEachOfItsMeans) {
  const std::string marker = "looked-at-" + std::to_string(::getpid());
  std::thread runs(
      [&] { static_cast<void>(run_python("import time\n'" + marker + "'\ntime.sleep(1000)")); });
  pid_t program = 0;
  EXPECT_TRUE(comes_true([&] { return (program = process_of("python3", marker)) != 0; }));
  if (program != 0) {
    const fs::path of = "/proc/" + std::to_string(program);
    for (const char* const kind : {"user", "mnt", "pid", "net", "ipc", "uts", "cgroup"}) {
      EXPECT_NE(fs::read_symlink(of / "ns" / kind),
                fs::read_symlink(fs::path("/proc/self/ns") / kind))
          << kind;
    }
    const std::string status = text_of(of / "status");
    const unsigned user = ::geteuid() == 0 ? 65534 : ::geteuid();
    EXPECT_THAT(status, HasSubstr(fmt::format("Uid:\t{0}\t{0}\t{0}\t{0}\n", user)));
    for (const char* const line : {"CapInh:\t0000000000000000",
                                   "CapPrm:\t0000000000000000",
                                   "CapEff:\t0000000000000000",
                                   "CapBnd:\t0000000000000000",
                                   "CapAmb:\t0000000000000000",
                                   "NoNewPrivs:\t1",
                                   "Seccomp:\t2"}) {
      EXPECT_THAT(status, HasSubstr(line));
    }
    EXPECT_EQ(text_of(of / "oom_score_adj"), "1000\n");
    const std::string limits = text_of(of / "limits");
    for (const char* const limit : {R"(Max cpu time +10 +10 )",
                                    R"(Max file size +33554432 +33554432 )",
                                    R"(Max core file size +0 +0 )",
                                    R"(Max processes +10 +10 )",
                                    R"(Max open files +64 +64 )",
                                    R"(Max locked memory +0 +0 )",
                                    R"(Max address space +268435456 +268435456 )"}) {
      EXPECT_THAT(limits, ContainsRegex(limit));
    }
    ::kill(program, SIGKILL);
  }
  runs.join();
}

TEST_F(Sandbox, HoldsForAnUnprivilegedUserToo) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "the other tests run as one";
  }
  constexpr int kClosed = 77;
  const pid_t child = ::fork();
  if (child == 0) {
    constexpr unsigned kSomebody = 54321;
    const bool changed = ::setgroups(0, nullptr) == 0 &&
                         ::setresgid(kSomebody, kSomebody, kSomebody) == 0 &&
                         ::setresuid(kSomebody, kSomebody, kSomebody) == 0;
    if (changed && ::access(kHelper.c_str(), X_OK) == 0) {
      ::execl("/proc/self/exe", "sandbox_test", "--gtest_filter=Sandbox.*-*Unprivileged*", nullptr);
    }
    ::_exit(kClosed);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WEXITSTATUS(status) == kClosed) {
    GTEST_SKIP() << "the build folder is closed to other users";
  }
  EXPECT_EQ(status, 0) << "as user 54321 the tests above fail";
}

TEST(Limits, AreReadAsTheyWereWritten) {
  Limits limits;
  limits.memory_mb = 77;
  const std::vector<std::string> words = to_words(limits);
  std::vector<const char*> pointers;
  pointers.reserve(words.size());
  for (const std::string& word : words) {
    pointers.push_back(word.c_str());
  }
  EXPECT_EQ(parse_limits(pointers)->memory_mb, 77U);
  pointers[1] = "1x";
  EXPECT_THAT(parse_limits(pointers).error().message, HasSubstr("limit '1x'"));
  pointers.pop_back();
  EXPECT_FALSE(parse_limits(pointers));
}

TEST(Report, IsItsFirstLine) {
  EXPECT_EQ(parse_report(to_line(Ended{Ending::kSignalled, 9}) + "exited 0\n")->number, 9);
  EXPECT_EQ(parse_report("timed out 0\n")->ending, Ending::kTimedOut);
  const auto refused =
      parse_report(to_line(base::Error{base::Code::kInternal, "mount\n'/usr': no", {}}));
  EXPECT_EQ(refused.error().message, "mount '/usr': no");
  for (const char* const text : {"", "exited", "exited x\n", "exited 0 or so\n", "\n"}) {
    EXPECT_FALSE(parse_report(text)) << text;
  }
}

}  // namespace
}  // namespace wend::sandbox
