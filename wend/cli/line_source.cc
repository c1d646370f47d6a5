// SPDX-License-Identifier: Apache-2.0
#include "wend/cli/line_source.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "wend/base/stop.h"

namespace wend::cli {

using base::Code;
using base::fail_at;
using base::Result;
using base::Status;

LineSource::LineSource(int descriptor, std::string name)
    : descriptor_(descriptor), name_(std::move(name)) {}

LineSource::LineSource(LineSource&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      name_(std::move(other.name_)),
      buffer_(std::move(other.buffer_)),
      begin_(other.begin_),
      scanned_(other.scanned_),
      number_(other.number_),
      ended_(other.ended_) {}

LineSource::~LineSource() {
  if (descriptor_ > STDIN_FILENO) {
    ::close(descriptor_);
  }
}

Result<LineSource> LineSource::open(const std::string& path) {
  if (path == "-") {
    return LineSource(STDIN_FILENO, "stdin");
  }
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return fail_at({path}, Code::kNotFound, "open '{}': {}", path, std::strerror(errno));
  }
  return LineSource(descriptor, path);
}

bool LineSource::take_line(Line& line) {
  std::size_t end = buffer_.find('\n', std::max(begin_, scanned_));
  if (end == std::string::npos) {
    scanned_ = buffer_.size();
    if (!ended_ || begin_ == buffer_.size()) {
      return false;
    }
    end = buffer_.size();
  }
  line = {++number_, buffer_.substr(begin_, end - begin_)};
  begin_ = std::min(end + 1, buffer_.size());
  scanned_ = begin_;
  return true;
}

Status LineSource::read_more() {
  buffer_.erase(0, begin_);
  scanned_ -= begin_;
  begin_ = 0;
  if (buffer_.size() > kLongestLine) {
    return fail_at({name_, number_ + 1},
                   Code::kResourceExhausted,
                   "{}:{}: a line of more than {} bytes",
                   name_,
                   number_ + 1,
                   kLongestLine);
  }
  char block[1 << 16];
  const ssize_t got = ::read(descriptor_, block, sizeof block);
  if (got < 0 && errno == EINTR) {
    return base::check_stop();
  }
  if (got < 0) {
    return fail_at({name_}, Code::kDataLoss, "read '{}': {}", name_, std::strerror(errno));
  }
  ended_ = got == 0;
  buffer_.append(block, static_cast<std::size_t>(got));
  return {};
}

bool LineSource::more_is_waiting() const {
  pollfd waiting{descriptor_, POLLIN, 0};
  return ::poll(&waiting, 1, 0) > 0;
}

Result<std::vector<LineSource::Line>> LineSource::next_batch(std::size_t most) {
  TRY(base::check_stop());
  std::vector<Line> lines;
  while (lines.size() < most) {
    Line line;
    if (take_line(line)) {
      if (line.text.find_first_not_of(" \t\r") != std::string::npos) {
        lines.push_back(std::move(line));
      }
    } else if (ended_ || (!lines.empty() && !more_is_waiting())) {
      break;
    } else {
      TRY(read_more());
    }
  }
  return lines;
}

}  // namespace wend::cli
