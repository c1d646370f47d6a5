// SPDX-License-Identifier: Apache-2.0
// Non-blocking sockets of the loopback and an epoll over them, as little as the benchmark needs:
// what measures a server shall not be made of that server's parts.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wend/base/check.h"

namespace wend::bench {

class Socket {
 public:
  Socket() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {}

  explicit Socket(int fd) : fd_(fd) {
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }

  ~Socket() { ::close(fd_); }

  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  int fd() const { return fd_; }

  /// The port that was taken.
  std::uint16_t listen() {
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    CHECK(::bind(fd_, reinterpret_cast<sockaddr*>(&address), size) == 0, "bind");
    CHECK(::listen(fd_, 4096) == 0, "listen");
    CHECK(::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size) == 0, "getsockname");
    return ntohs(address.sin_port);
  }

  void connect(std::uint16_t port) {
    const sockaddr_in address = loopback(port);
    ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }

  /// A new client's descriptor, below 0 where none waits.
  int accept() { return ::accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC); }

  /// Below 0: nothing there yet or broken; 0: the end.
  ssize_t read(std::span<char> into) { return ::recv(fd_, into.data(), into.size(), 0); }

  /// Whether the kernel took all.
  bool write(std::string_view bytes) {
    return ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
  }

 private:
  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }

  int fd_;
};

class Poll {
 public:
  ~Poll() { ::close(fd_); }

  void add(const Socket& socket, std::uint32_t events, void* owner) {
    epoll_event event{events, {owner}};
    CHECK(::epoll_ctl(fd_, EPOLL_CTL_ADD, socket.fd(), &event) == 0, "epoll_ctl");
  }

  /// What is ready after at most so many nanoseconds.
  std::span<epoll_event> wait(std::int64_t timeout_ns) {
    constexpr std::int64_t kSecond = 1'000'000'000;
    const timespec timeout{timeout_ns / kSecond, timeout_ns % kSecond};
    const int ready =
        ::epoll_pwait2(fd_, events_.data(), static_cast<int>(events_.size()), &timeout, nullptr);
    return std::span(events_).first(static_cast<std::size_t>(ready > 0 ? ready : 0));
  }

 private:
  int fd_ = ::epoll_create1(EPOLL_CLOEXEC);
  std::array<epoll_event, 256> events_;
};

}  // namespace wend::bench
