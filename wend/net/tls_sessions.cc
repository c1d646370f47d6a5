// SPDX-License-Identifier: Apache-2.0
#include "wend/net/tls_sessions.h"

#include <utility>

#include "wend/base/check.h"

namespace wend::net {

struct TlsSessions::Tag {
  std::string server;
  std::shared_ptr<TlsSessions> sessions;
};

int TlsSessions::tag_index() {
  static const int kIndex = SSL_get_ex_new_index(
      0, nullptr, nullptr, nullptr, [](void*, void* tag, CRYPTO_EX_DATA*, int, long, void*) {
        delete static_cast<Tag*>(tag);
      });
  return kIndex;
}

void TlsSessions::prepare(SSL_CTX* context) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
  SSL_CTX_sess_set_new_cb(context, &TlsSessions::on_new_session);
}

int TlsSessions::on_new_session(SSL* stream, SSL_SESSION* session) {
  const auto* const tag = static_cast<const Tag*>(SSL_get_ex_data(stream, tag_index()));
  if (tag == nullptr) {
    return 0;
  }
  tag->sessions->keep(tag->server, Session(session));
  return 1;  // The session is ours.
}

void TlsSessions::follow(SSL* stream, const std::string& server) {
  auto tag = std::make_unique<Tag>(Tag{server, shared_from_this()});
  CHECK(SSL_set_ex_data(stream, tag_index(), tag.get()) == 1, "no memory");
  tag.release();  // NOLINT(bugprone-unused-return-value): the stream frees it.
  if (const Session session = find(server)) {
    SSL_set_session(stream, session.get());
  }
}

TlsSessions::Session TlsSessions::find(const std::string& server) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = sessions_.find(server);
  if (found == sessions_.end()) {
    return nullptr;
  }
  // A ticket of TLS 1.3 is for one use: who sees it twice knows that it is us again.
  if (SSL_SESSION_get_protocol_version(found->second.get()) >= TLS1_3_VERSION) {
    return std::move(sessions_.extract(found).mapped());
  }
  SSL_SESSION_up_ref(found->second.get());
  return Session(found->second.get());
}

void TlsSessions::keep(const std::string& server, Session session) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (sessions_.size() < kServers || sessions_.contains(server)) {
    sessions_[server] = std::move(session);
  }
}

}  // namespace wend::net
