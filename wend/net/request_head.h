// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "wend/base/result.h"
#include "wend/net/http_client.h"

namespace wend::net {

/// Headers that many requests share, checked and rendered once.
class HeaderLines {
 public:
  /// None.
  HeaderLines() = default;

  /// As render_request_head() takes a request's own: the same are left out, the same refused.
  static base::Result<HeaderLines> of(const Headers& headers);

  std::string_view text() const { return text_; }

 private:
  std::string text_;
};

/// The head of a request as it goes out, with Host, Content-Length and Connection of our own. A
/// header or target that would end its line early is kInvalidArgument; the message does not repeat
/// it.
base::Result<std::string> render_request_head(const Url& url, const ClientRequest& request);

}  // namespace wend::net
