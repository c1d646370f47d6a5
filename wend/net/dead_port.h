// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <netinet/in.h>

namespace wend::net {

/// For tests: a port on loopback that refuses, or that says nothing to whoever connects, as a
/// machine that is not there.
class DeadPort {
 public:
  enum class Kind { kRefuses, kSilent };

  /// Port 0 is any free one.
  explicit DeadPort(Kind kind, const char* host = "127.0.0.1", std::uint16_t port = 0);
  ~DeadPort();
  DeadPort(const DeadPort&) = delete;
  DeadPort& operator=(const DeadPort&) = delete;

  std::uint16_t port() const { return ntohs(address_.sin_port); }

 private:
  int socket_;
  int waiting_[4] = {-1, -1, -1, -1};  ///< They fill the queue of a listener that never accepts.
  sockaddr_in address_ = {};
};

}  // namespace wend::net
