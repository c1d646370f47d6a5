// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "wend/base/task.h"
#include "wend/net/client_socket.h"
#include "wend/net/request_parser.h"
#include "wend/net/server_exchange.h"
#include "wend/net/shard.h"
#include "wend/net/wait.h"

namespace wend::net {

/// One client's connection: reads a request, has it answered, reads the next. While a handler runs
/// the socket is watched, so that a client who leaves is noticed at once.
///
/// TCP does not tell a client that has gone from one that has only said all it wants to say. So the
/// end of its bytes, while nothing has been answered, is met with an interim answer (100), which
/// every HTTP/1.1 client must pass over: the kernel of a client that has gone replies with a reset.
class ServerConnection final : public std::enable_shared_from_this<ServerConnection> {
 public:
  ServerConnection(TcpSocket socket, std::shared_ptr<Shard> shard);
  ~ServerConnection();
  ServerConnection(const ServerConnection&) = delete;
  ServerConnection& operator=(const ServerConnection&) = delete;

  /// The connection's life; ends with it closed.
  static base::Task<void> serve(std::shared_ptr<ServerConnection> self);

  /// Cuts what is overdue.
  void check_deadlines(Instant now);
  /// The shard drains: a connection between requests ends.
  void drain();
  /// Cancels the exchange under way; a connection between requests ends.
  void cut();
  void close();

 private:
  base::Task<bool> read_request();
  void begin_request();
  base::Task<void> wait_for_bytes();
  bool read_more();
  void take(std::string_view bytes);
  base::Task<bool> answer();
  base::Task<void> refuse(int status, std::string_view message);
  base::Task<void> linger();

  void watch();
  void watch_for_reset();
  void on_ready();
  void read_ahead(bool with_request);
  void on_end(bool with_request);
  void probe();
  void client_gone();

  void set_deadline(std::chrono::milliseconds from_now);
  Instant read_deadline() const;

  std::shared_ptr<Shard> shard_;
  Shard::Place place_;
  ClientSocket socket_;
  Event event_;  ///< Wakes the coroutine: bytes, or a deadline.
  RequestParser parser_;
  std::string input_;                   ///< Read, but not yet of the request.
  ServerExchange* exchange_ = nullptr;  ///< While a handler runs.
  Instant deadline_ = Instant::max();
  Instant body_start_;
  RequestParser::Phase timed_phase_ = RequestParser::Phase::kBefore;  ///< Of the deadline.
  bool watching_ = false;
  bool watching_for_reset_ = false;
  bool ended_ = false;  ///< The client sends nothing more.
  bool timed_out_ = false;
  bool keep_alive_ = true;
  bool continued_ = false;  ///< "100 Continue" has been said.
};

}  // namespace wend::net
