// SPDX-License-Identifier: Apache-2.0
#include "wend/cli/hand_over.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wend/base/stop.h"

namespace wend::cli {

using base::Code;
using base::fail;
using base::Result;
using base::Status;

namespace {

constexpr std::chrono::seconds kPatience{30};
constexpr std::size_t kLongestAnswer = 64 << 10;

std::string trainer_path() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  return (self.parent_path().parent_path() / "libexec" / "wend-train").lexically_normal().string();
}

/// A pipe whose ends close themselves.
struct Pipe {
  Pipe() { is_open = ::pipe2(ends.data(), O_CLOEXEC) == 0; }

  ~Pipe() {
    close_end(0);
    close_end(1);
  }

  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  void close_end(std::size_t end) {
    if (ends[end] >= 0) {
      ::close(ends[end]);
      ends[end] = -1;
    }
  }

  std::array<int, 2> ends = {-1, -1};
  bool is_open = false;
};

/// The trainer with its output going into the pipe.
Result<pid_t> start_trainer(const std::string& path, const char* question, Pipe& pipe) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe.ends[1], STDOUT_FILENO);
  std::string word = question;
  std::string name = path;
  const std::array<char*, 3> argv = {name.data(), word.data(), nullptr};
  pid_t child = 0;
  const int failed = ::posix_spawn(&child, path.c_str(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    return fail(Code::kNotFound, "start '{}': {}", path, std::strerror(failed));
  }
  pipe.close_end(1);
  return child;
}

/// Everything up to the end of the stream, within the patience and the bound.
Result<std::string> read_all(int stream) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  std::string all;
  std::array<char, 4096> piece{};
  while (all.size() < kLongestAnswer) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        until - std::chrono::steady_clock::now());
    pollfd waiting = {stream, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&waiting, 1, static_cast<int>(left.count())) == 0) {
      return fail(Code::kDeadlineExceeded, "it said nothing for {} s", kPatience.count());
    }
    const ssize_t got = ::read(stream, piece.data(), piece.size());
    if (got <= 0) {
      return all;
    }
    all.append(piece.data(), static_cast<std::size_t>(got));
  }
  return all;
}

}  // namespace

Status hand_over_to_trainer(char** argv) {
  const std::string trainer = trainer_path();
  TRY(base::check_stop());  // The flag would not outlive this program.
  ::execv(trainer.c_str(), argv);
  return fail(Code::kNotFound,
              "start '{}', which does the training: {}; build it with -DWEND_TRAIN=ON",
              trainer,
              std::strerror(errno));
}

Result<std::string> ask_trainer(const char* question) {
  Pipe pipe;
  if (!pipe.is_open) {
    return fail(Code::kResourceExhausted, "open a pipe: {}", std::strerror(errno));
  }
  const std::string path = trainer_path();
  const pid_t child = TRY(start_trainer(path, question, pipe));
  const Result<std::string> answer = read_all(pipe.ends[0]);
  if (!answer) {
    ::kill(child, SIGKILL);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (answer && status != 0) {
    return fail(Code::kInternal, "'{}' ended with status {}", path, status);
  }
  return answer;
}

}  // namespace wend::cli
