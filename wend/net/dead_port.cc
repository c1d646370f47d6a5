// SPDX-License-Identifier: Apache-2.0
#include "wend/net/dead_port.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wend/base/check.h"

namespace wend::net {

DeadPort::DeadPort(Kind kind, const char* host, std::uint16_t port)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  address_.sin_family = AF_INET;
  address_.sin_port = htons(port);
  CHECK(::inet_pton(AF_INET, host, &address_.sin_addr) == 1, "no address: {}", host);
  auto* const raw = reinterpret_cast<sockaddr*>(&address_);
  socklen_t size = sizeof(address_);
  CHECK(::bind(socket_, raw, size) == 0 && ::getsockname(socket_, raw, &size) == 0, "no port");
  if (kind == Kind::kRefuses) {
    return;
  }
  CHECK(::listen(socket_, 0) == 0, "no listener");
  for (int& waiting : waiting_) {
    waiting = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    ::connect(waiting, raw, size);
  }
}

DeadPort::~DeadPort() {
  for (const int waiting : waiting_) {
    ::close(waiting);
  }
  ::close(socket_);
}

}  // namespace wend::net
