// SPDX-License-Identifier: Apache-2.0
// A server's part of one I/O thread: its listener, its connections and their deadlines. A tick a
// thread looks at all deadlines, so that no request and no chunk touches a timer.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <span>
#include <vector>

#include "wend/base/task.h"
#include "wend/net/body_budget.h"
#include "wend/net/client_socket.h"
#include "wend/net/http_server.h"
#include "wend/net/listen_address.h"
#include "wend/net/response_head.h"
#include "wend/net/wait.h"

namespace wend::net {

class ServerConnection;

/// What all threads of a server share.
struct ServerState {
  ServerState(const HttpServerLimits& the_limits, HttpHandler& the_handler)
      : limits(the_limits), handler(the_handler), bodies(the_limits.all_body_bytes) {}

  HttpServerLimits limits;
  HttpHandler& handler;
  BodyBudget bodies;
  std::atomic<std::size_t> connections = 0;
  std::atomic<std::size_t> drained_shards = 0;  ///< That take no more connections.
  std::atomic<std::uint64_t> accepted = 0;
  std::atomic<std::uint64_t> refused_requests = 0;
  std::atomic<std::uint64_t> slow_readers_cut = 0;
  std::atomic<std::uint64_t> clients_gone = 0;
};

/// Everything but the constructor happens on its thread. Kept alive by its loops and connections.
class Shard : public std::enable_shared_from_this<Shard> {
 public:
  Shard(boost::asio::io_context& context,
        TcpAcceptor acceptor,
        std::shared_ptr<ServerState> server);

  /// Begins to accept, from any thread.
  void start();

  void drain();
  void cut();
  /// Closes all, at once.
  void stop();

  bool draining() const { return draining_; }

  ServerState& server() { return *server_; }

  boost::asio::io_context& context() { return context_; }

  DateText& date() { return date_; }

  /// Memory to read into, used up before anything else of the thread runs.
  std::span<char> scratch() { return scratch_; }

  using Place = std::list<ServerConnection*>::iterator;
  Place add(ServerConnection& connection);
  void remove(Place place);

 private:
  static base::Task<void> accept_all(std::shared_ptr<Shard> self);
  static base::Task<void> close_acceptor(std::shared_ptr<Shard> self);
  static base::Task<void> watch_deadlines(std::shared_ptr<Shard> self);
  base::Task<void> pause(std::chrono::milliseconds time);
  void admit_waiting();
  void admit(TcpSocket socket);
  void turn_away(TcpSocket socket);

  boost::asio::io_context& context_;
  TcpAcceptor acceptor_;
  std::shared_ptr<ServerState> server_;
  Timer tick_;
  std::list<ServerConnection*> connections_;
  std::vector<char> scratch_;
  DateText date_;
  bool draining_ = false;
  bool stopped_ = false;
};

}  // namespace wend::net
