// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace wend::net {

/// For tests: the other end of a connection, byte by byte as a script says, with blocking calls on
/// a thread of its own. Every wait ends after ten seconds.
class ScriptedPeer {
 public:
  /// One connection.
  class Side {
   public:
    explicit Side(int socket) : socket_(socket) {}

    int socket() const { return socket_; }

    /// A request with its Content-Length, as it came; what there is of it when the client goes.
    std::string read_request();
    /// A head alone, to its empty line.
    std::string read_head();
    void send(std::string_view bytes);
    /// Whether the client closes (or resets) in time; reads what it sends until then.
    bool sees_end(std::chrono::milliseconds within = std::chrono::seconds(10));
    void close();
    /// Closes with a reset.
    void reset();

   private:
    std::string buffered_;
    int socket_;
  };

  using Script = std::function<void(Side& side, int nth)>;

  /// Listens on a free port of 127.0.0.1 and runs the script for each connection, the first being
  /// number 0. What the script leaves open is closed after it.
  explicit ScriptedPeer(Script script);
  /// Ends the connections and waits for their scripts.
  ~ScriptedPeer();
  ScriptedPeer(const ScriptedPeer&) = delete;
  ScriptedPeer& operator=(const ScriptedPeer&) = delete;

  std::uint16_t port() const { return port_; }

  /// How many have been accepted.
  int connections() const { return accepted_; }

 private:
  void accept_all();
  void serve(int socket, int nth);

  Script script_;
  int listener_;
  std::uint16_t port_ = 0;
  std::atomic<int> accepted_ = 0;
  std::mutex mutex_;
  std::vector<int> open_;
  std::vector<std::thread> scripts_;
  std::thread acceptor_;
};

}  // namespace wend::net
