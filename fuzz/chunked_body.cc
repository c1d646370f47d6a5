// SPDX-License-Identifier: Apache-2.0
// A chunked body: our scanner, llhttp behind it and a plain reading of the grammar must find the
// same bytes and the same end, however the body is cut.
// needs: net
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "wend/base/check.h"
#include "wend/net/request_parser.h"

namespace {

using wend::net::RequestParser;
using Phase = RequestParser::Phase;

constexpr wend::net::HeadLimits kLimits{
    .request_line_bytes = 100, .header_bytes = 300, .header_count = 8};
constexpr std::size_t kBodyBytes = 400;
constexpr std::string_view kHead =
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

struct Outcome {
  Phase phase;
  std::size_t taken = 0;
  std::string body;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome outcome(std::string_view bytes, std::size_t piece) {
  RequestParser parser(kLimits, kBodyBytes);
  parser.feed(kHead);
  Outcome result{parser.phase(), 0, ""};
  while (!parser.finished() && result.taken < bytes.size()) {
    result.taken += parser.feed(bytes.substr(result.taken, piece));
  }
  result.phase = parser.phase();
  if (result.phase == Phase::kRefused) {
    // How far a refusal reads on is nobody's business.
    result.taken = 0;
  } else {
    result.body = parser.request().body;
  }
  return result;
}

/// The body as RFC 9112 7.1 has it, from bytes that were accepted: the plain reading.
std::string plain_body(std::string_view bytes) {
  std::string body;
  for (;;) {
    const std::size_t size =
        std::stoul(std::string(bytes.substr(0, bytes.find_first_of(";\r"))), nullptr, 16);
    bytes.remove_prefix(bytes.find("\r\n") + 2);
    if (size == 0) {
      return body;
    }
    body += bytes.substr(0, size);
    CHECK(bytes.substr(size, 2) == "\r\n", "a chunk without its end");
    bytes.remove_prefix(size + 2);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Outcome whole = outcome(bytes, bytes.size() + 1);
  CHECK(outcome(bytes, 1) == whole, "byte by byte it is another body");
  CHECK(outcome(bytes, std::size_t{data[0]} + 2) == whole, "cut, it is another body");
  if (whole.phase == Phase::kDone) {
    CHECK(plain_body(bytes.substr(0, whole.taken)) == whole.body, "a body that nobody sent");
    CHECK(bytes.substr(0, whole.taken).ends_with("\r\n"), "an end within a line");
  }
  return 0;
}
