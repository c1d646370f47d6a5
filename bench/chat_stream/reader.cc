// SPDX-License-Identifier: Apache-2.0
#include "reader.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <utility>

#include "event.h"
#include <fmt/format.h>

namespace wend::bench {
namespace {

constexpr std::string_view kBody =
    R"({"model":"bench","stream":true,"messages":[{"role":"user","content":"Tell me a long story."}]})";
constexpr std::int64_t kTick = 100'000'000;
constexpr std::int64_t kSecond = 1'000'000'000;
/// From one new stream to the next, so that they do not all begin at once.
constexpr std::int64_t kBetweenStreams = 1'000'000;

std::string request() {
  return fmt::format(
      "POST /v1/chat/completions HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
      "Content-Length: {}\r\n\r\n{}",
      kBody.size(),
      kBody);
}

}  // namespace

Reading Reader::read(std::size_t streams, std::int64_t most_seconds) {
  std::vector<std::unique_ptr<Stream>> all;
  const std::int64_t begun = now_ns();
  open_ = streams;
  while (open_ > 0 && now_ns() < begun + most_seconds * kSecond) {
    const std::int64_t next = begun + static_cast<std::int64_t>(all.size()) * kBetweenStreams;
    if (all.size() < streams && now_ns() >= next) {
      Stream& stream = *all.emplace_back(std::make_unique<Stream>());
      stream.socket.connect(port_);
      poll_.add(stream.socket, EPOLLIN | EPOLLOUT | EPOLLET, &stream);
    }
    const std::int64_t wait =
        all.size() < streams ? std::max<std::int64_t>(0, next - now_ns()) : kTick;
    for (const epoll_event& event : poll_.wait(wait)) {
      on_ready(*static_cast<Stream*>(event.data.ptr), event.events);
    }
  }
  return std::move(reading_);
}

void Reader::on_ready(Stream& stream, std::uint32_t events) {
  if (!stream.asked && (events & EPOLLOUT) != 0) {
    stream.asked = stream.socket.write(request());
  }
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
    read_some(stream);
  }
}

void Reader::read_some(Stream& stream) {
  std::array<char, 16 << 10> buffer;
  while (!stream.ended) {
    const ssize_t size = stream.socket.read(buffer);
    if (size < 0 && errno == EAGAIN) {
      return;
    }
    if (size <= 0) {
      end(stream, false);
      return;
    }
    const std::int64_t now = now_ns();
    stream.input.append(buffer.data(), static_cast<std::size_t>(size));
    if (stream.in_body || skip_head(stream)) {
      take_chunks(stream, now);
    }
  }
}

/// Whether the body has begun.
bool Reader::skip_head(Stream& stream) {
  const std::size_t head_end = stream.input.find("\r\n\r\n");
  if (head_end == std::string::npos) {
    return false;
  }
  const bool good =
      stream.input.starts_with("HTTP/1.1 200 ") && stream.input.find("chunked") < head_end;
  if (!good) {
    end(stream, false);
    return false;
  }
  stream.input.erase(0, head_end + 4);
  stream.in_body = true;
  return true;
}

void Reader::take_chunks(Stream& stream, std::int64_t now) {
  while (!stream.ended) {
    if (stream.chunk_left < 0) {
      const std::size_t line_end = stream.input.find("\r\n");
      if (line_end == std::string::npos) {
        return;
      }
      stream.chunk_left = std::strtol(stream.input.c_str(), nullptr, 16) + 2;
      stream.input.erase(0, line_end + 2);
    }
    if (stream.input.size() < static_cast<std::size_t>(stream.chunk_left)) {
      return;
    }
    const auto size = static_cast<std::size_t>(std::exchange(stream.chunk_left, -1));
    stream.text.append(stream.input, 0, size - 2);
    stream.input.erase(0, size);
    take_events(stream, now);
    if (size == 2) {
      end(stream, stream.done && stream.next == events_ && stream.text.empty());
    }
  }
}

void Reader::take_events(Stream& stream, std::int64_t now) {
  std::size_t begin = 0;
  for (std::size_t at = stream.text.find("\n\n"); at != std::string::npos;
       at = stream.text.find("\n\n", begin)) {
    take_event(stream, std::string_view(stream.text).substr(begin, at + 2 - begin), now);
    begin = at + 2;
  }
  stream.text.erase(0, begin);
}

void Reader::take_event(Stream& stream, std::string_view text, std::int64_t now) {
  if (text == kDone) {
    stream.done = true;
    return;
  }
  const std::optional<Event> event = parse_event(text);
  ++reading_.events;
  if (!event || event->number != stream.next || text != event_text(*event)) {
    ++reading_.out_of_order;
    return;
  }
  ++stream.next;
  reading_.latencies_us.push_back(static_cast<std::uint32_t>((now - event->sent_ns) / 1000));
}

void Reader::end(Stream& stream, bool whole) {
  stream.ended = true;
  reading_.whole_streams += whole ? 1 : 0;
  --open_;
}

}  // namespace wend::bench
