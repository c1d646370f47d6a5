// SPDX-License-Identifier: Apache-2.0
#include "wend/net/tls.h"

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "wend/base/check.h"

namespace wend::net {
namespace {

// In the form of the TLS extension: each name with its length before it.
constexpr unsigned char kProtocols[] = "\x08http/1.1";

}  // namespace

TlsContext::TlsContext() : context_(boost::asio::ssl::context::tls_client) {
  SSL_CTX* const raw = context_.native_handle();
  CHECK(SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION) == 1, "no TLS 1.2 in OpenSSL");
  SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_protos(raw, kProtocols, sizeof(kProtocols) - 1);
  TlsSessions::prepare(raw);
}

std::shared_ptr<TlsContext> TlsContext::system() {
  static const std::shared_ptr<TlsContext> kShared = [] {
    std::shared_ptr<TlsContext> tls(new TlsContext);
    // Roots that are missing show at the first handshake, with the certificate that lacks one.
    boost::system::error_code ignored;
    tls->context_.set_default_verify_paths(ignored);
    return tls;
  }();
  return kShared;
}

base::Result<std::shared_ptr<TlsContext>> TlsContext::from_file(const std::string& path) {
  std::shared_ptr<TlsContext> tls(new TlsContext);
  boost::system::error_code error;
  tls->context_.load_verify_file(path, error);
  if (error) {
    return base::fail(base::Code::kInvalidArgument,
                      "'{}': expected PEM certificates of roots: {}",
                      path,
                      error.message());
  }
  return tls;
}

std::unique_ptr<TlsStream> TlsContext::stream(Socket& socket, const Url& url) {
  auto stream = std::make_unique<TlsStream>(socket, context_);
  SSL* const ssl = stream->native_handle();
  if (is_address(url.host)) {
    X509_VERIFY_PARAM* const expected = SSL_get0_param(ssl);
    CHECK(X509_VERIFY_PARAM_set1_ip_asc(expected, url.host.c_str()) == 1, "no memory");
  } else {
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    CHECK(SSL_set1_host(ssl, url.host.c_str()) == 1, "no memory");
    // SSL_set_tlsext_host_name is a macro with a C cast in it.
    std::string name = url.host;
    const long named =
        SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
    CHECK(named == 1, "no memory");
  }
  sessions_->follow(ssl, fmt::format("{}:{}", url.host, url.port));
  return stream;
}

std::string handshake_failure(TlsStream& tls, const boost::system::error_code& error) {
  const long verdict = SSL_get_verify_result(tls.native_handle());
  return verdict == X509_V_OK ? error.message() : X509_verify_cert_error_string(verdict);
}

}  // namespace wend::net
