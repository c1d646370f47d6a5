// SPDX-License-Identifier: Apache-2.0
// Bytes of a connection: however they are cut, the same requests come out or the same refusal, and
// what comes out keeps the promises that the rest of the program builds on.
// needs: net
#include <cstdint>
#include <string>
#include <string_view>

#include "wend/base/check.h"
#include "wend/net/byte_class.h"
#include "wend/net/request_head_scanner.h"
#include "wend/net/request_parser.h"

namespace {

using wend::net::RequestParser;
using Phase = RequestParser::Phase;

constexpr wend::net::HeadLimits kLimits{
    .request_line_bytes = 200, .header_bytes = 600, .header_count = 8};
constexpr std::size_t kBodyBytes = 400;

void expect_promises(const RequestParser& parser) {
  const wend::net::HttpRequest& request = parser.request();
  const wend::net::Headers& headers = request.head.headers;
  CHECK(request.body.size() <= kBodyBytes, "a body above the limit");
  CHECK(request.head.target.starts_with('/') || request.head.target == "*", "no path");
  CHECK(headers.list().size() <= kLimits.header_count, "too many headers");
  CHECK(headers.count("Host") <= 1, "two hosts");
  CHECK(headers.count("Content-Length") + headers.count("Transfer-Encoding") <= 1, "two lengths");
  for (const wend::net::Header& header : headers.list()) {
    for (const char byte : header.name) {
      CHECK(wend::net::is_token_byte(byte), "a name that is no token");
    }
    for (const char byte : header.value) {
      CHECK(wend::net::is_value_byte(byte), "a control byte in a value");
    }
  }
}

/// All that came of the bytes, fed in pieces of a size.
std::string outcome(std::string_view bytes, std::size_t piece) {
  RequestParser parser(kLimits, kBodyBytes);
  std::string text;
  while (!bytes.empty() && parser.phase() != Phase::kRefused) {
    const std::size_t taken = parser.feed(bytes.substr(0, piece));
    bytes.remove_prefix(taken);
    if (parser.phase() == Phase::kDone) {
      expect_promises(parser);
      text += parser.request().head.method + " " + parser.request().head.target + "\n" +
              parser.request().body + "\n";
      parser.start();
    }
  }
  text += std::to_string(static_cast<int>(parser.phase()));
  return parser.phase() == Phase::kRefused ? text + parser.refusal().message : text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  // The first byte says where to cut.
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string whole = outcome(bytes, bytes.size() + 1);
  CHECK(outcome(bytes, 1) == whole, "byte by byte it is another request");
  CHECK(outcome(bytes, std::size_t{data[0]} + 2) == whole, "cut, it is another request");
  return 0;
}
