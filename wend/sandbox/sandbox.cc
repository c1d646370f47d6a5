// SPDX-License-Identifier: Apache-2.0
#include "wend/sandbox/sandbox.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wend/sandbox/system_error.h"

namespace wend::sandbox {

using base::Code;
using base::fail;
using base::Result;
using base::Status;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t kLongestReport = 4096;
/// For the confinement to be made and unmade, beyond the program's own time.
constexpr std::chrono::seconds kGrace{60};

/// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}

  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }

  ~Descriptor() {
    if (number_ >= 0) {
      ::close(number_);
    }
  }

  int number() const { return number_; }

 private:
  int number_;
};

struct Pipe {
  Descriptor read_end{-1};
  Descriptor write_end{-1};
};

Result<Pipe> open_pipe() {
  std::array<int, 2> ends{};
  TRY(check_call(::pipe2(ends.data(), O_CLOEXEC), "open a pipe"));
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

/// The input as a file in memory that can be read and nothing else.
Result<Descriptor> input_file(std::string_view input) {
  Descriptor file(::memfd_create("input", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  TRY(check_call(file.number(), "make a file in memory"));
  while (!input.empty()) {
    const ssize_t written = ::write(file.number(), input.data(), input.size());
    TRY(check_call(written, "write the program's input"));
    input.remove_prefix(static_cast<std::size_t>(written));
  }
  constexpr int kSeals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
  TRY(check_call(::fcntl(file.number(), F_ADD_SEALS, kSeals), "seal the program's input"));
  TRY(check_call(::lseek(file.number(), 0, SEEK_SET), "rewind the program's input"));
  return file;
}

/// The helper as a child; killed and taken leave of when this ends, where it still runs.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}

  Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, 0)) {}

  Child& operator=(Child&&) = delete;

  ~Child() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
  }

 private:
  pid_t pid_;
};

/// Signals as a fresh process has them; its own group, so that Ctrl-C is for wend to hear.
class SpawnSettings {
 public:
  SpawnSettings() {
    ::posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigset_t all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    ::posix_spawn_file_actions_init(&actions_);
  }

  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  ~SpawnSettings() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  void give(const Descriptor& stream, int as) {
    ::posix_spawn_file_actions_adddup2(&actions_, stream.number(), as);
  }

  const posix_spawnattr_t* attributes() const { return &attributes_; }

  const posix_spawn_file_actions_t* actions() const { return &actions_; }

 private:
  posix_spawnattr_t attributes_{};
  posix_spawn_file_actions_t actions_{};
};

Result<Child> start(const SpawnSettings& settings, std::vector<std::string> words) {
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  std::array<char*, 1> environment = {nullptr};
  pid_t pid = 0;
  const int failed = ::posix_spawn(
      &pid, argv[0], settings.actions(), settings.attributes(), argv.data(), environment.data());
  if (failed != 0) {
    return fail(Code::kNotFound,
                "start '{}', which confines programs: {}",
                words[0],
                std::strerror(failed));
  }
  return Child(pid);
}

/// A stream that is read to its end, of which the last bytes are kept.
struct Reading {
  Descriptor stream;
  std::size_t kept_bytes;
  std::string text = {};
  bool at_end = false;

  void read_some() {
    std::array<char, 16384> piece{};
    const ssize_t got = ::read(stream.number(), piece.data(), piece.size());
    at_end = got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN);
    text.append(piece.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (text.size() > 2 * kept_bytes) {
      text.erase(0, text.size() - kept_bytes);
    }
  }
};

Status read_to_end(std::span<Reading> readings, Clock::time_point until) {
  for (;;) {
    std::vector<pollfd> waiting;
    for (const Reading& reading : readings) {
      if (!reading.at_end) {
        waiting.push_back({reading.stream.number(), POLLIN, 0});
      }
    }
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
    if (waiting.empty()) {
      return {};
    }
    if (left <= 0) {
      return fail(Code::kDeadlineExceeded, "the sandbox did not end when its time was over");
    }
    ::poll(waiting.data(), waiting.size(), static_cast<int>(left));
    for (const pollfd& ready : waiting) {
      for (Reading& reading : readings) {
        if (ready.revents != 0 && ready.fd == reading.stream.number()) {
          reading.read_some();
        }
      }
    }
  }
}

}  // namespace

std::string helper_path() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  return (self.parent_path().parent_path() / "libexec" / "wend-sandbox").string();
}

Result<ConfinedRun> run_confined(const std::string& helper,
                                 std::span<const std::string> program,
                                 std::string_view input,
                                 const Limits& limits) {
  const Descriptor file = TRY(input_file(input));
  Pipe output = TRY(open_pipe());
  Pipe report = TRY(open_pipe());
  SpawnSettings settings;
  settings.give(file, STDIN_FILENO);
  settings.give(output.write_end, STDOUT_FILENO);
  settings.give(report.write_end, STDERR_FILENO);
  std::vector<std::string> words = {helper, std::to_string(::getpid())};
  for (std::string& word : to_words(limits)) {
    words.push_back(std::move(word));
  }
  words.insert(words.end(), program.begin(), program.end());
  const Child child = TRY(start(settings, std::move(words)));
  output.write_end = Descriptor(-1);
  report.write_end = Descriptor(-1);
  std::array<Reading, 2> readings = {Reading{std::move(output.read_end), kKeptOutput},
                                     Reading{std::move(report.read_end), kLongestReport}};
  const auto until = Clock::now() + std::chrono::milliseconds(limits.wall_ms) + kGrace;
  TRY(read_to_end(readings, until));
  ConfinedRun run;
  run.ended = TRY(parse_report(readings[1].text));
  run.output = std::move(readings[0].text);
  if (run.output.size() > kKeptOutput) {
    run.output.erase(0, run.output.size() - kKeptOutput);
  }
  return run;
}

}  // namespace wend::sandbox
