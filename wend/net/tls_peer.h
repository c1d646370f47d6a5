// SPDX-License-Identifier: Apache-2.0
// For tests: the server's side of TLS, with certificates made on the spot.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "wend/net/scripted_peer.h"

namespace wend::net {

struct TlsFree {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }

  void operator()(X509* certificate) const { X509_free(certificate); }

  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }

  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

template <class T>
using TlsPtr = std::unique_ptr<T, TlsFree>;

/// A key with the certificate for it.
struct TlsIdentity {
  TlsPtr<EVP_PKEY> key;
  TlsPtr<X509> certificate;

  std::string pem() const;
};

/// What stands in a certificate.
struct TlsWish {
  std::string names;  ///< "DNS:upstream.test,IP:127.0.0.1"; empty: it is an authority's own.
  int from_days = -1;
  int to_days = 1;
};

/// Signed by `issuer`, or by itself.
TlsIdentity make_identity(const TlsWish& wish, const TlsIdentity* issuer = nullptr);

/// A server's certificate and what it speaks.
TlsPtr<SSL_CTX> make_server(const TlsIdentity& identity, int newest_version = TLS1_3_VERSION);

/// TLS over one connection of a scripted peer.
class TlsSide {
 public:
  /// Shakes hands.
  TlsSide(ScriptedPeer::Side& side, SSL_CTX& server);

  bool accepted() const { return accepted_; }

  bool resumed() const { return SSL_session_reused(ssl_.get()) == 1; }

  /// The name that the client asked for; empty for none.
  std::string server_name() const;
  std::string protocol() const;

  /// `size` bytes, or what comes before the end.
  std::string read(std::size_t size);
  /// A head, to its empty line.
  std::string read_head();
  void send(std::string_view bytes);

  /// Says farewell as TLS wants it.
  void farewell() { SSL_shutdown(ssl_.get()); }

 private:
  TlsPtr<SSL> ssl_;
  bool accepted_ = false;
};

}  // namespace wend::net
