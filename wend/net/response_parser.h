// SPDX-License-Identifier: Apache-2.0
// The framing of an HTTP/1.x answer, without a socket. llhttp in its strict mode finds where things
// begin and end; what it takes and two parsers may read differently (folded lines, several lengths,
// a length beside chunks) is refused here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <llhttp.h>

#include "wend/base/result.h"
#include "wend/net/http_message.h"
#include "wend/net/response_head_scanner.h"

namespace wend::net {

/// One answer out of the bytes of a connection, however they are cut.
class ResponseParser {
 public:
  enum class State { kHead, kBody, kEnd, kFailed };

  /// The answer to a HEAD request has no body whatever its head says.
  explicit ResponseParser(bool to_head_request);
  ResponseParser(const ResponseParser&) = delete;
  ResponseParser& operator=(const ResponseParser&) = delete;

  /// Takes the next bytes and gives what they hold of the decoded body: a view into them, for which
  /// the payloads of several chunks are moved together. Interim answers (1xx) are skipped. What
  /// comes before a fault is given; the state tells of the fault.
  std::string_view feed(std::span<char> bytes);
  /// The peer has ended the stream: the end of a body without a length, a fault for any other.
  void finish();

  State state() const { return state_; }

  /// Whether the head has come whole and is sound, whatever follows.
  bool has_head() const { return has_head_; }

  /// Needs has_head().
  const ResponseHead& head() const { return head_; }

  /// The same to keep; head() has no headers after it.
  ResponseHead take_head() { return {head_.status, std::exchange(head_.headers, {})}; }

  /// Needs the state kFailed: kDataLoss and what to say of the answer, "has two Content-Lengths".
  const base::Error& error() const { return *error_; }

  /// Whether the connection may carry another answer: this one has ended by its own framing,
  /// nothing came after it, and the peer keeps the connection.
  bool reusable() const { return state_ == State::kEnd && keep_alive_ && !bytes_after_end_; }

  /// "12 of 50 bytes of its body", "12 bytes of its body", "its head": how far it came, for the
  /// sentence that tells of a body that ended too early.
  std::string progress() const;

 private:
  friend struct ResponseCallbacks;

  void begin_message();
  std::span<char> feed_scanned(std::span<char> bytes);
  std::span<char> execute(std::span<char> bytes);
  std::span<char> after_pause(std::span<char> rest);
  void end_header();
  base::Status check_framing();
  bool has_no_body() const;
  int fail(std::string_view why);

  int on_headers_complete();
  int on_body(const char* at, std::size_t size);
  int on_chunk_header();
  int on_chunk_extension(std::string_view part);

  const bool to_head_request_;
  llhttp_t parser_;
  ResponseHeadScanner scanner_;
  State state_ = State::kHead;
  ResponseHead head_;
  bool has_head_ = false;
  Header header_;  ///< The one whose bytes are coming.
  bool in_value_ = false;
  int interim_answers_ = 0;
  std::optional<std::uint64_t> content_length_;
  bool until_close_ = false;
  bool in_trailers_ = false;
  bool message_ended_ = false;
  bool keep_alive_ = false;
  bool bytes_after_end_ = false;
  std::size_t head_bytes_ = 0;
  std::uint64_t body_bytes_ = 0;
  std::size_t extension_bytes_ = 0;
  std::span<char> body_;  ///< Of the bytes that are being fed.
  std::optional<base::Error> error_;
};

}  // namespace wend::net
