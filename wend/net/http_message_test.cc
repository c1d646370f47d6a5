// SPDX-License-Identifier: Apache-2.0
#include "wend/net/http_message.h"

#include <gtest/gtest.h>

namespace wend::net {
namespace {

TEST(Headers, ListsATokenOfAnyOfTheHeadersOfAName) {
  const Headers headers{{"Connection", "keep-alive, ,\tTraceParent "},
                        {"connection", "close"},
                        {"X-Connection", "tracestate"}};
  EXPECT_TRUE(headers.lists("connection", "keep-alive"));
  EXPECT_TRUE(headers.lists("Connection", "traceparent"));
  EXPECT_TRUE(headers.lists("Connection", "Close"));
  EXPECT_FALSE(headers.lists("Connection", "tracestate"));
  EXPECT_FALSE(headers.lists("Connection", "keep"));
  EXPECT_FALSE(headers.lists("Connection", "trace parent"));
  EXPECT_FALSE(Headers().lists("Connection", "close"));
}

}  // namespace
}  // namespace wend::net
