// SPDX-License-Identifier: Apache-2.0
#include "wend/net/raw_client.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace wend::net {
namespace {

sockaddr_in endpoint_of(std::string_view address) {
  const std::size_t colon = address.rfind(':');
  std::uint16_t port = 0;
  std::from_chars(address.data() + colon + 1, address.data() + address.size(), port);
  sockaddr_in endpoint = {};
  endpoint.sin_family = AF_INET;
  endpoint.sin_port = htons(port);
  inet_pton(AF_INET, std::string(address.substr(0, colon)).c_str(), &endpoint.sin_addr);
  return endpoint;
}

/// The Content-Length of an answer's head, or 0.
std::size_t length_of(std::string_view head) {
  constexpr std::string_view kName = "\r\nContent-Length: ";
  const std::size_t at = head.find(kName);
  std::size_t length = 0;
  if (at != head.npos) {
    std::from_chars(head.data() + at + kName.size(), head.data() + head.size(), length);
  }
  return length;
}

}  // namespace

RawClient::RawClient(std::string_view address, int receive_buffer)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (receive_buffer > 0) {
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
  }
  const sockaddr_in endpoint = endpoint_of(address);
  sockaddr generic = {};
  static_assert(sizeof(generic) == sizeof(endpoint));
  std::memcpy(&generic, &endpoint, sizeof(generic));
  connected_ = ::connect(socket_, &generic, sizeof(generic)) == 0;
}

RawClient::~RawClient() {
  close();
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string RawClient::receive(std::chrono::milliseconds wait) {
  if (!pending_.empty()) {
    return std::exchange(pending_, std::string());
  }
  pollfd readable = {socket_, POLLIN, 0};
  std::array<char, 1 << 16> bytes{};
  if (ended_ || ::poll(&readable, 1, static_cast<int>(wait.count())) != 1) {
    return "";
  }
  const ssize_t received = ::recv(socket_, bytes.data(), bytes.size(), 0);
  reset_ = received < 0 && errno == ECONNRESET;
  ended_ = received <= 0;
  return ended_ ? "" : std::string(bytes.data(), static_cast<std::size_t>(received));
}

std::string RawClient::receive_all() {
  std::string all;
  for (std::string some = receive(); !some.empty(); some = receive()) {
    all += some;
  }
  return all;
}

std::string RawClient::receive_until(std::string_view mark) {
  std::string all;
  std::size_t at = std::string::npos;
  while (at == std::string::npos) {
    const std::string some = receive();
    if (some.empty()) {
      return all;
    }
    all += some;
    at = all.find(mark);
  }
  pending_ = all.substr(at + mark.size());
  return all.substr(0, at + mark.size());
}

std::string RawClient::receive_answer(bool head_alone) {
  std::string answer = receive_until("\r\n\r\n");
  std::size_t missing = head_alone ? 0 : length_of(answer);
  while (missing > 0) {
    const std::string some = receive();
    if (some.empty()) {
      return answer;
    }
    const std::size_t taken = std::min(missing, some.size());
    answer += some.substr(0, taken);
    pending_ = some.substr(taken);
    missing -= taken;
  }
  return answer;
}

bool RawClient::closed() {
  return receive().empty() && ended_;
}

void RawClient::half_close() {
  ::shutdown(socket_, SHUT_WR);
}

void RawClient::close() {
  if (socket_ >= 0) {
    ::close(std::exchange(socket_, -1));
  }
}

void RawClient::reset() {
  const linger hard = {1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
  close();
}

}  // namespace wend::net
