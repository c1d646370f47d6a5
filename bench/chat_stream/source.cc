// SPDX-License-Identifier: Apache-2.0
#include "source.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "event.h"
#include <fmt/format.h>

namespace wend::bench {
namespace {

constexpr std::string_view kHead =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
constexpr std::int64_t kLongestWait = 100'000'000;

std::string chunk(std::string_view bytes) {
  return fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes);
}

/// Whether a request is whole: its head and as much body as that says.
bool is_whole(std::string_view request) {
  const std::size_t end = request.find("\r\n\r\n");
  constexpr std::string_view kLength = "ontent-Length: ";
  const std::size_t length = request.find(kLength);
  return end != request.npos && length != request.npos && length < end &&
         request.size() >=
             end + 4 +
                 static_cast<std::size_t>(std::atoi(request.data() + length + kLength.size()));
}

}  // namespace

std::uint16_t Source::listen() {
  const std::uint16_t port = listener_.listen();
  poll_.add(listener_, EPOLLIN, nullptr);
  return port;
}

void Source::serve() {
  while (true) {
    const std::int64_t wait = due_.empty() ? kLongestWait : due_.top().at_ns - now_ns();
    for (const epoll_event& event : poll_.wait(std::clamp<std::int64_t>(wait, 0, kLongestWait))) {
      if (event.data.ptr == nullptr) {
        take_clients();
      } else {
        read_from(*static_cast<Client*>(event.data.ptr));
      }
    }
    send_what_is_due();
  }
}

void Source::take_clients() {
  for (int fd = listener_.accept(); fd >= 0; fd = listener_.accept()) {
    const auto place = clients_.insert_or_assign(fd, std::make_unique<Client>(fd)).first;
    poll_.add(place->second->socket, EPOLLIN, place->second.get());
  }
}

void Source::read_from(Client& client) {
  std::array<char, 4096> buffer;
  const ssize_t size = client.socket.read(buffer);
  if (size <= 0) {
    clients_.erase(client.socket.fd());
    return;
  }
  client.input.append(buffer.data(), static_cast<std::size_t>(size));
  if (!client.streaming && is_whole(client.input)) {
    client.input.clear();
    begin(client);
  }
}

void Source::begin(Client& client) {
  client.streaming = true;
  client.sent = 0;
  client.socket.write(kHead);
  // Any number will do that is not the same for all.
  const std::int64_t phase = client.socket.fd() * 7919 % 1000 * pace_.count() / 1000;
  due_.push({now_ns() + phase, client.socket.fd()});
}

void Source::send_what_is_due() {
  while (!due_.empty() && due_.top().at_ns <= now_ns()) {
    const Due due = due_.top();
    due_.pop();
    const auto client = clients_.find(due.fd);
    if (client != clients_.end() && client->second->streaming && send_event(*client->second)) {
      due_.push({due.at_ns + pace_.count(), due.fd});
    }
  }
}

bool Source::send_event(Client& client) {
  const bool last = client.sent == events_;
  const std::string bytes =
      last ? chunk(kDone) + "0\r\n\r\n" : chunk(event_text({client.sent, now_ns()}));
  ++client.sent;
  client.streaming = !last;
  if (!client.socket.write(bytes)) {
    std::fputs("source: a stream's reader is gone or takes nothing\n", stderr);
    client.streaming = false;
  }
  return client.streaming;
}

}  // namespace wend::bench
