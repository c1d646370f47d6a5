// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include <boost/asio/ssl/context.hpp>

#include "wend/base/result.h"
#include "wend/net/tls_sessions.h"
#include "wend/net/upstream_connection.h"
#include "wend/net/uri.h"

namespace wend::net {

/// Whom we believe, shared by all threads: TLS 1.2 and above, certificates verified against the
/// roots and the host's name, sessions resumed.
class TlsContext {
 public:
  /// The system's roots, or those of SSL_CERT_FILE and SSL_CERT_DIR; read once in a process.
  static std::shared_ptr<TlsContext> system();
  /// The roots of a PEM file alone.
  static base::Result<std::shared_ptr<TlsContext>> from_file(const std::string& path);

  /// A stream that will accept a certificate of this host alone, and names it to the server if it
  /// is a name.
  std::unique_ptr<TlsStream> stream(Socket& socket, const Url& url);

 private:
  TlsContext();

  boost::asio::ssl::context context_;
  std::shared_ptr<TlsSessions> sessions_ = std::make_shared<TlsSessions>();
};

/// Why a handshake failed, in OpenSSL's words: "certificate has expired".
std::string handshake_failure(TlsStream& tls, const boost::system::error_code& error);

}  // namespace wend::net
