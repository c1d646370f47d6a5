// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

#include "wend/net/http_message.h"

namespace wend::net {

/// The interim answer, whole: the body may be sent, and the server is there.
inline constexpr std::string_view kContinueAnswer = "HTTP/1.1 100 Continue\r\n\r\n";

/// What the server itself says in an answer's head.
struct ResponseFraming {
  std::optional<std::size_t> content_length;
  bool chunked = false;
  int minor_version = 1;  ///< Of the request.
  bool keep_alive = true;
  std::string_view date;  ///< "Sun, 06 Nov 1994 08:49:37 GMT"
};

/// Appends "HTTP/1.1 200 OK", the headers and the empty line. Headers that frame the message or
/// belong to one connection are the server's own and left out of `headers`; so is one whose name or
/// value could end its line and begin another.
void append_response_head(std::string& out,
                          int status,
                          const Headers& headers,
                          const ResponseFraming& framing);

/// Whether answers of that status have no body at all (1xx, 204, 304).
bool is_bodiless(int status);

/// The Date header's value, made once a second.
class DateText {
 public:
  std::string_view at(std::time_t now);

 private:
  std::time_t made_for_ = -1;
  std::string text_;
};

}  // namespace wend::net
