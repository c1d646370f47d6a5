// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <openssl/ssl.h>

namespace wend::net {

/// Sessions that servers have given us, so that the next handshake with one of them is short.
/// Shared by threads, and by the streams it follows.
class TlsSessions : public std::enable_shared_from_this<TlsSessions> {
 public:
  static constexpr std::size_t kServers = 256;

  /// Streams of this context can be followed.
  static void prepare(SSL_CTX* context);

  /// Offers what we have of this server ("host:port") and keeps what it gives. Before the
  /// handshake.
  void follow(SSL* stream, const std::string& server);

 private:
  struct Free {
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
  };

  using Session = std::unique_ptr<SSL_SESSION, Free>;

  /// What a followed stream carries.
  struct Tag;

  static int tag_index();
  static int on_new_session(SSL* stream, SSL_SESSION* session);

  Session find(const std::string& server);
  void keep(const std::string& server, Session session);

  std::mutex mutex_;
  std::map<std::string, Session> sessions_;
};

}  // namespace wend::net
