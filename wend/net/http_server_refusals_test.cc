// SPDX-License-Identifier: Apache-2.0
// Every line of the hardening list once more, from socket to socket: the status, the reason in
// words, the end of the connection, and a server that is as good as before.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "wend/net/http_server.h"
#include "wend/net/raw_client.h"
#include "wend/net/server_world.h"

namespace wend::net {
namespace {

using namespace std::string_literals;

struct Refused {
  const char* name;
  std::string request;
  int status = 400;
};

std::string post_of(const std::string& headers, const std::string& rest = "") {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n" + rest;
}

std::string chunks(const std::string& rest) {
  return post_of("Transfer-Encoding: chunked\r\n", rest);
}

std::string many_headers(int count) {
  std::string headers;
  for (int i = 0; i < count; ++i) {
    headers += "X: y\r\n";
  }
  return headers;
}

std::vector<Refused> all_refused() {
  return {
      {"CL and TE", post_of("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
      {"TE gzip", post_of("Transfer-Encoding: gzip\r\n")},
      {"TE list", post_of("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")},
      {"TE twice", post_of("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")},
      {"TE on 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"CL twice", post_of("Content-Length: 2\r\nContent-Length: 2\r\n", "ok")},
      {"CL list", post_of("Content-Length: 2, 2\r\n", "ok")},
      {"CL sign", post_of("Content-Length: +2\r\n", "ok")},
      {"CL hex", post_of("Content-Length: 0x2\r\n", "ok")},
      {"CL overflow", post_of("Content-Length: 18446744073709551618\r\n", "ok")},
      {"no Host", "GET / HTTP/1.1\r\n\r\n"},
      {"Host twice", get_request("/", "Host: a\r\n")},
      {"authority", get_request("http://b/")},
      {"obs-fold", get_request("/", "X: a\r\n b\r\n")},
      {"space before colon", get_request("/", "X : a\r\n")},
      {"bare LF", "GET / HTTP/1.1\nHost: a\n\n"},
      {"bare CR", get_request("/", "X: a\rY: b\r\n")},
      {"NUL", get_request("/", "X: a\0b\r\n"s)},
      {"control",
       get_request("/",
                   "X: a\x02"
                   "b\r\n")},
      {"control in target", get_request("/a\x02")},
      {"chunk extension", chunks("2;" + std::string(257, 'x') + "\r\nok\r\n0\r\n\r\n")},
      {"chunk extension control", chunks("2;a\x01\r\nok\r\n0\r\n\r\n")},
      {"chunk size prefix", chunks("0x2\r\nok\r\n0\r\n\r\n")},
      {"chunk size sign", chunks("+2\r\nok\r\n0\r\n\r\n")},
      {"chunk size space", chunks("2 \r\nok\r\n0\r\n\r\n")},
      {"chunk size overflow", chunks("10000000000000002\r\nok\r\n0\r\n\r\n")},
      {"version 1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 400},
      {"version 2.0", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
      {"version 0.9", "GET /\r\n\r\n"},
      {"no method", " / HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"unknown method", "FROB / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"CONNECT", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"Content-Encoding", post_of("Content-Encoding: gzip\r\nContent-Length: 2\r\n", "ok"), 415},
      {"Expect", post_of("Expect: a-miracle\r\nContent-Length: 2\r\n", "ok"), 417},
      {"request line", get_request("/" + std::string(9000, 'x')), 414},
      {"headers", get_request("/", "X: " + std::string(33000, 'x') + "\r\n"), 431},
      {"header count", get_request("/", many_headers(100)), 431},
      {"trailer count", chunks("0\r\n" + many_headers(101) + "\r\n"), 431},
      {"body", post_of("Content-Length: 4194305\r\n"), 413},
      {"chunked body", chunks("400000\r\n" + std::string(4194304, 'x') + "\r\n1\r\n"), 413},
  };
}

TEST(HttpServerRefusals, AreAnsweredAndCloseTheConnection) {
  ServerWorld world;
  std::uint64_t refused = 0;
  for (const Refused& row : all_refused()) {
    SCOPED_TRACE(row.name);
    RawClient client(world.address());
    // What was good before it is answered; what follows it is not read as a request.
    client.send(get_request("/before") + row.request + get_request("/after"));
    EXPECT_EQ(body_of(client.receive_answer()), "GET /before []");
    const std::string answer = client.receive_all();
    EXPECT_TRUE(answer.starts_with(fmt::format("HTTP/1.1 {} ", row.status))) << answer;
    EXPECT_NE(answer.find("\r\nX-Refused: yes\r\n"), answer.npos);
    EXPECT_NE(answer.find("\r\nConnection: close\r\n"), answer.npos);
    EXPECT_NE(body_of(answer), "");
    EXPECT_EQ(answer.find("/after"), answer.npos);
    EXPECT_FALSE(client.was_reset());
    EXPECT_EQ(world.server->counts().refused_requests, ++refused);
  }
  RawClient client(world.address());
  client.send(get_request("/"));
  EXPECT_EQ(body_of(client.receive_answer()), "GET / []");
}

TEST(HttpServerRefusals, SpareWhatOnlyLooksOdd) {
  ServerWorld world;
  RawClient client(world.address());
  for (const std::string& request : {
           get_request("http://a/"),
           "\r\n" + get_request("/"),
           get_request("/", "Upgrade: websocket\r\nConnection: Upgrade\r\n"),
           get_request("/", many_headers(99)),
           get_request("/", "TE: trailers\r\nAccept-Encoding: gzip\r\n"),
       }) {
    client.send(request);
    EXPECT_EQ(body_of(client.receive_answer()), "GET / []");
  }
  EXPECT_EQ(world.server->counts().accepted, 1);
}

}  // namespace
}  // namespace wend::net
