// SPDX-License-Identifier: Apache-2.0
#include "wend/net/uri.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wend::net {
namespace {

struct Good {
  std::string_view text;
  bool tls;
  std::string_view host;
  std::uint16_t port;
  std::string_view path;
  std::string_view authority;
};

TEST(ParseUrl, TakesUrlsApart) {
  const Good cases[] = {
      {"https://api.openai.com/v1", true, "api.openai.com", 443, "/v1", "api.openai.com"},
      {"http://127.0.0.1:8080", false, "127.0.0.1", 8080, "", "127.0.0.1:8080"},
      {"HTTP://LocalHost:80/", false, "localhost", 80, "", "localhost"},
      {"https://h:80/a//b//", true, "h", 80, "/a//b", "h:80"},
      {"http://[::1]:9/x", false, "::1", 9, "/x", "[::1]:9"},
      {"https://[2001:DB8::1]", true, "2001:db8::1", 443, "", "[2001:db8::1]"},
      {"http://my_host-1.svc.cluster/%20~",
       false,
       "my_host-1.svc.cluster",
       80,
       "/%20~",
       "my_host-1.svc.cluster"},
      {"http://1e100.net", false, "1e100.net", 80, "", "1e100.net"},
  };
  for (const Good& good : cases) {
    const auto url = parse_url(good.text);
    ASSERT_TRUE(url) << url.error().message;
    EXPECT_EQ(url->tls, good.tls) << good.text;
    EXPECT_EQ(url->host, good.host);
    EXPECT_EQ(url->port, good.port);
    EXPECT_EQ(url->path, good.path);
    EXPECT_EQ(url->authority(), good.authority);
  }
}

TEST(ParseUrl, SaysWhatIsWrong) {
  using std::string_literals::operator""s;
  const std::pair<std::string, std::string_view> cases[] = {
      {"", "http:// or https://"},
      {"api.openai.com", "http:// or https://"},
      {"ftp://h", "http:// or https://"},
      {"://h", "http:// or https://"},
      {"http://", "host name"},
      {"http:///v1", "host name"},
      {"http://:80", "host name"},
      {"http://a..b", "host name"},
      {"http://a.b.", "host name"},
      {"http://-a", "host name"},
      {"http://a b", "host name"},
      {"http://h\r\nX: y", "host name"},
      {"http://h\0.example"s, "host name"},
      {"http://127.0.0.1\0"s, "host name"},
      {"http://" + std::string(64, 'a'), "host name"},
      {"http://127.1", "host name"},
      {"http://2130706433", "host name"},
      {"http://0x7f000001", "host name"},
      {"http://a.0x1", "host name"},
      {"http://256.0.0.1", "host name"},
      {"http://::1", "host name"},
      {"http://[::1", "host name"},
      {"http://[127.0.0.1]", "host name"},
      {"http://[::1]x", "host name"},
      {"http://[fe80::1%eth0]", "host name"},
      {"http://h:", "port"},
      {"http://h:0", "port"},
      {"http://h:65536", "port"},
      {"http://h:+80", "port"},
      {"http://h:8 0", "port"},
      {"http://h:80:80", "port"},
      {"http://h/v1?key=1", "query"},
      {"http://h?x", "query"},
      {"http://h/#top", "query"},
      {"http://h/a b", "printable"},
      {"http://h/\xC3\xA4", "printable"},
      {"http://h/a\nb", "printable"},
  };
  for (const auto& [text, word] : cases) {
    const auto url = parse_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().code, base::Code::kInvalidArgument);
    EXPECT_THAT(url.error().message, testing::HasSubstr(word)) << text;
  }
}

TEST(ParseUrl, DoesNotRepeatAPassword) {
  const auto url = parse_url("https://user:s3cret@h/v1");
  ASSERT_FALSE(url);
  EXPECT_THAT(url.error().message, testing::Not(testing::HasSubstr("s3cret")));
}

TEST(IsAddress, TellsAddressesFromNames) {
  EXPECT_TRUE(is_address("10.0.0.1"));
  EXPECT_TRUE(is_address("::"));
  EXPECT_TRUE(is_address("::ffff:1.2.3.4"));
  EXPECT_FALSE(is_address("localhost"));
  EXPECT_FALSE(is_address("1.2.3"));
  EXPECT_FALSE(is_address("010.0.0.1"));
  EXPECT_FALSE(is_address(""));
}

}  // namespace
}  // namespace wend::net
