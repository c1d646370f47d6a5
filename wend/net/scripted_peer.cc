// SPDX-License-Identifier: Apache-2.0
#include "wend/net/scripted_peer.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wend/base/check.h"

namespace wend::net {
namespace {

constexpr int kWaitMs = 10'000;

/// At least a byte; 0 at the end, -1 for nothing in time.
ssize_t receive(int socket, char* into, std::size_t size, int wait_ms) {
  pollfd ready = {socket, POLLIN, 0};
  if (::poll(&ready, 1, wait_ms) != 1) {
    return -1;
  }
  return std::max<ssize_t>(::recv(socket, into, size, 0), 0);
}

bool fill(int socket, std::string& buffer) {
  char bytes[16 << 10];
  const ssize_t got = receive(socket, bytes, sizeof(bytes), kWaitMs);
  if (got > 0) {
    buffer.append(bytes, static_cast<std::size_t>(got));
  }
  return got > 0;
}

std::size_t content_length(std::string_view head) {
  constexpr std::string_view kName = "Content-Length: ";
  const std::size_t at = head.find(kName);
  return at == std::string_view::npos
             ? 0
             : std::strtoull(std::string(head.substr(at + kName.size())).c_str(), nullptr, 10);
}

}  // namespace

std::string ScriptedPeer::Side::read_head() {
  constexpr std::string_view kEnd = "\r\n\r\n";
  std::size_t end = buffered_.find(kEnd);
  while (end == std::string::npos && fill(socket_, buffered_)) {
    end = buffered_.find(kEnd);
  }
  const std::size_t size = end == std::string::npos ? buffered_.size() : end + kEnd.size();
  std::string head = buffered_.substr(0, size);
  buffered_.erase(0, size);
  return head;
}

std::string ScriptedPeer::Side::read_request() {
  std::string request = read_head();
  const std::size_t length = content_length(request);
  while (buffered_.size() < length && fill(socket_, buffered_)) {
  }
  request += buffered_.substr(0, length);
  buffered_.erase(0, length);
  return request;
}

void ScriptedPeer::Side::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      return;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

bool ScriptedPeer::Side::sees_end(std::chrono::milliseconds within) {
  const auto until = std::chrono::steady_clock::now() + within;
  char bytes[16 << 10];
  while (std::chrono::steady_clock::now() < until) {
    if (receive(socket_, bytes, sizeof(bytes), static_cast<int>(within.count())) == 0) {
      return true;
    }
  }
  return false;
}

void ScriptedPeer::Side::close() {
  ::shutdown(socket_, SHUT_RDWR);
}

void ScriptedPeer::Side::reset() {
  // Dissolving the association is what sends a reset without giving the descriptor's number away.
  const linger at_once = {1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  sockaddr none = {};
  none.sa_family = AF_UNSPEC;
  ::connect(socket_, &none, sizeof(none));
}

ScriptedPeer::ScriptedPeer(Script script)
    : script_(std::move(script)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const raw = reinterpret_cast<sockaddr*>(&address);
  CHECK(::bind(listener_, raw, size) == 0 && ::listen(listener_, 128) == 0, "no port");
  CHECK(::getsockname(listener_, raw, &size) == 0, "no name");
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

ScriptedPeer::~ScriptedPeer() {
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const int socket : open_) {
      ::shutdown(socket, SHUT_RDWR);
    }
  }
  for (std::thread& script : scripts_) {
    script.join();
  }
}

void ScriptedPeer::accept_all() {
  while (true) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) {
      return;
    }
    const int at_once = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof(at_once));
    const std::lock_guard<std::mutex> lock(mutex_);
    open_.push_back(socket);
    scripts_.emplace_back([this, socket, nth = accepted_++] { serve(socket, nth); });
  }
}

void ScriptedPeer::serve(int socket, int nth) {
  Side side(socket);
  script_(side, nth);
  const std::lock_guard<std::mutex> lock(mutex_);
  std::erase(open_, socket);
  ::close(socket);
}

}  // namespace wend::net
