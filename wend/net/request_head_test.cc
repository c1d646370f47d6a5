// SPDX-License-Identifier: Apache-2.0
#include "wend/net/request_head.h"

#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wend::net {
namespace {

using base::Code;
using testing::HasSubstr;
using testing::Not;

TEST(HeaderLines, StandBeforeTheHeadersOfTheRequestItself) {
  const auto lines = HeaderLines::of({{"user-agent", "wend"}, {"authorization", "Bearer k"}});
  ASSERT_TRUE(lines);
  const Headers own = {{"traceparent", "00-1"}};
  const std::string_view body[] = {"ab", "c"};
  const ClientRequest request{"POST", "/v1/x", &own, body, &*lines};
  const auto head = render_request_head(Url{false, "::1", 81, ""}, request);
  ASSERT_TRUE(head);
  EXPECT_EQ(
      *head,
      "POST /v1/x HTTP/1.1\r\nHost: [::1]:81\r\nuser-agent: wend\r\nauthorization: Bearer k\r\n"
      "traceparent: 00-1\r\nContent-Length: 3\r\nConnection: keep-alive\r\n\r\n");
}

TEST(HeaderLines, LeaveOutWhatIsTheClientsToWrite) {
  const auto lines = HeaderLines::of(
      {{"HOST", "evil"}, {"content-length", "9"}, {"Connection", "close"}, {"x", "y"}});
  ASSERT_TRUE(lines);
  EXPECT_EQ(lines->text(), "x: y\r\n");
}

TEST(HeaderLines, RefuseWhatWouldEndALineEarlyAndDoNotRepeatIt) {
  const std::string nul("s3cret\0", 7);
  for (const Header& bad : {Header{"authorization", "s3cret\r\nX: y"},
                            Header{"authorization", "s3cret\n"},
                            Header{"authorization", nul},
                            Header{"s3cret\r\nx", "y"},
                            Header{"s3cret ", "y"},
                            Header{"", "s3cret"}}) {
    const auto lines = HeaderLines::of({{"x", "y"}, bad});
    ASSERT_FALSE(lines) << bad.name;
    EXPECT_EQ(lines.error().code, Code::kInvalidArgument);
    EXPECT_THAT(lines.error().message, Not(HasSubstr("s3cret")));
  }
}

}  // namespace
}  // namespace wend::net
