// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <tuple>

#include "wend/net/upstream_connection.h"

namespace wend::net {

/// What connections are interchangeable by.
struct OriginKey {
  std::string host;
  std::uint16_t port = 0;
  bool tls = false;
  bool allow_private = false;

  /// "api.openai.com:443", for errors.
  std::string peer() const;

  friend auto operator<=>(const OriginKey&, const OriginKey&) = default;
};

/// Idle connections of one I/O thread. The one that came last goes first, so that the others may
/// grow old and be closed.
class ConnectionPool : public std::enable_shared_from_this<ConnectionPool> {
 public:
  struct Limits {
    std::size_t per_origin = 64;
    std::chrono::milliseconds idle{55'000};  ///< Below the 60 s after which many servers close.
  };

  ConnectionPool(boost::asio::io_context& context, const Limits& limits)
      : limits_(limits), timer_(context.get_executor()) {}

  /// A connection that its peer has neither closed nor written to, or nullptr.
  std::shared_ptr<UpstreamConnection> take(const OriginKey& key);
  /// Above the limit the oldest is closed.
  void put(const OriginKey& key, std::shared_ptr<UpstreamConnection> connection);

  /// Safe to read from any thread.
  std::size_t size() const { return size_; }

 private:
  struct Idle {
    std::shared_ptr<UpstreamConnection> connection;
    Instant since;
  };

  void close_old_later();
  void close_old();

  Limits limits_;
  std::map<OriginKey, std::deque<Idle>> idle_;
  std::atomic<std::size_t> size_ = 0;
  Timer timer_;
  bool timer_runs_ = false;
};

}  // namespace wend::net
