// SPDX-License-Identifier: Apache-2.0
#include "wend/net/tls_peer.h"

#include <algorithm>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "wend/base/check.h"

namespace wend::net {
namespace {

constexpr long kDaySeconds = 24 * 60 * 60;

void add_extension(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  CHECK(extension != nullptr, "no extension of '{}'", value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

void set_name(X509* certificate, const std::string& text) {
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate),
                             "CN",
                             MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(text.c_str()),
                             -1,
                             -1,
                             0);
}

}  // namespace

std::string TlsIdentity::pem() const {
  BIO* const memory = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(memory, certificate.get());
  std::string text(1 << 14, '\0');
  const int size = BIO_read(memory, text.data(), static_cast<int>(text.size()));
  BIO_free(memory);
  text.resize(static_cast<std::size_t>(size));
  return text;
}

TlsIdentity make_identity(const TlsWish& wish, const TlsIdentity* issuer) {
  TlsIdentity made{TlsPtr<EVP_PKEY>(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")),
                   TlsPtr<X509>(X509_new())};
  X509* const certificate = made.certificate.get();
  static long serial = 0;
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), wish.from_days * kDaySeconds);
  X509_gmtime_adj(X509_getm_notAfter(certificate), wish.to_days * kDaySeconds);
  X509_set_pubkey(certificate, made.key.get());
  set_name(certificate, "number " + std::to_string(serial));
  X509_set_issuer_name(
      certificate,
      X509_get_subject_name(issuer != nullptr ? issuer->certificate.get() : certificate));
  if (wish.names.empty()) {
    add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
  } else {
    add_extension(certificate, NID_subject_alt_name, wish.names);
  }
  EVP_PKEY* const signer = issuer != nullptr ? issuer->key.get() : made.key.get();
  CHECK(X509_sign(certificate, signer, EVP_sha256()) > 0, "not signed");
  return made;
}

TlsPtr<SSL_CTX> make_server(const TlsIdentity& identity, int newest_version) {
  TlsPtr<SSL_CTX> server(SSL_CTX_new(TLS_server_method()));
  CHECK(SSL_CTX_use_certificate(server.get(), identity.certificate.get()) == 1, "certificate");
  CHECK(SSL_CTX_use_PrivateKey(server.get(), identity.key.get()) == 1, "key");
  SSL_CTX_set_security_level(server.get(), 0);
  CHECK(SSL_CTX_set_max_proto_version(server.get(), newest_version) == 1, "version");
  return server;
}

TlsSide::TlsSide(ScriptedPeer::Side& side, SSL_CTX& server) : ssl_(SSL_new(&server)) {
  SSL_set_fd(ssl_.get(), side.socket());
  accepted_ = SSL_accept(ssl_.get()) == 1;
}

std::string TlsSide::server_name() const {
  const char* const name = SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name);
  return name == nullptr ? "" : name;
}

std::string TlsSide::protocol() const {
  return SSL_get_version(ssl_.get());
}

std::string TlsSide::read(std::size_t size) {
  std::string bytes;
  char piece[16 << 10];
  while (bytes.size() < size) {
    const int got =
        SSL_read(ssl_.get(), piece, static_cast<int>(std::min(sizeof(piece), size - bytes.size())));
    if (got <= 0) {
      break;
    }
    bytes.append(piece, static_cast<std::size_t>(got));
  }
  return bytes;
}

std::string TlsSide::read_head() {
  std::string head;
  while (!head.ends_with("\r\n\r\n")) {
    const std::string byte = read(1);
    if (byte.empty()) {
      break;
    }
    head += byte;
  }
  return head;
}

void TlsSide::send(std::string_view bytes) {
  if (!bytes.empty()) {
    SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
  }
}

}  // namespace wend::net
