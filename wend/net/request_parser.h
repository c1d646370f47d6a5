// SPDX-License-Identifier: Apache-2.0
// Bytes of a connection to requests, without a socket. Three readers must agree: our scanners,
// which refuse every irregularity of lines and chunks; llhttp in its strict mode, which splits and
// frames; and the rules of request_rules.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "llhttp.h"

#include "wend/net/body_budget.h"
#include "wend/net/chunk_scanner.h"
#include "wend/net/http_message.h"
#include "wend/net/refusal.h"
#include "wend/net/request_head_scanner.h"
#include "wend/net/request_rules.h"

namespace wend::net {

/// Reads one request after another from bytes in pieces of any size; how they are cut changes
/// nothing. Bounded: holds at most one head and one body within the limits.
class RequestParser {
 public:
  enum class Phase {
    kBefore,   ///< No byte of the request yet.
    kHead,     ///< Within its head.
    kBody,     ///< The head is good, the body not whole.
    kDone,     ///< request() is whole.
    kRefused,  ///< refusal() says why; nothing more is taken.
  };

  /// A body counts against the budget (nullptr: there is none) from its first byte until start().
  RequestParser(const HeadLimits& limits, std::size_t body_bytes, BodyBudget* budget = nullptr);
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  /// Forgets the request and begins the next.
  void start();

  /// Takes bytes up to the end of the request, and says how many.
  std::size_t feed(std::string_view bytes);

  Phase phase() const { return phase_; }

  bool finished() const { return phase_ == Phase::kDone || phase_ == Phase::kRefused; }

  /// Needs kRefused.
  const Refusal& refusal() const { return *refusal_; }

  /// Needs kBody or kDone.
  const RequestFraming& framing() const { return framing_; }

  HttpRequest& request() { return request_; }

  const HttpRequest& request() const { return request_; }

 private:
  static const llhttp_settings_t& settings();

  static RequestParser& of(llhttp_t* parser) { return *static_cast<RequestParser*>(parser->data); }

  std::size_t feed_head(std::string_view bytes);
  std::size_t feed_body(std::string_view bytes);
  std::size_t scan_body(std::string_view bytes);
  void end_of_head(std::string_view head);
  bool body_complete() const;
  void end_of_body_piece();
  void end_of_header();
  void execute(std::string_view bytes);
  void refuse(Refusal refusal);

  RequestHeadScanner head_scanner_;
  ChunkScanner chunk_scanner_;
  std::size_t body_limit_;
  BodyShare share_;
  llhttp_t parser_;
  Phase phase_ = Phase::kBefore;
  std::string head_bytes_;  ///< Of a head that came in pieces.
  Header header_;           ///< The one that llhttp reads.
  HttpRequest request_;
  RequestFraming framing_;
  std::uint64_t body_left_ = 0;
  bool head_done_ = false;
  bool message_done_ = false;
  std::optional<Refusal> refusal_;
};

}  // namespace wend::net
