// SPDX-License-Identifier: Apache-2.0
#include "wend/text/utf8.h"

#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace wend::text {
namespace {

TEST(Utf8, EveryCodePointComesBack) {
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) {
      continue;
    }
    std::string text;
    append_utf8(c, text);
    const Decoded decoded = decode_utf8(text, 0);
    ASSERT_EQ(decoded.code_point, c);
    ASSERT_EQ(decoded.length, text.size());
  }
}

// Each answer is what Python's bytes.decode("utf-8", "replace") gives; R stands for U+FFFD.
TEST(Utf8, ReplacesEachMaximalSubpartOnce) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", ""},
      {"plain", "plain"},
      {"\xFF", "R"},
      {"a\x80z", "aRz"},
      {"\xC0\xAF", "RR"},                         // overlong
      {"\xE0\x80\xAF", "RRR"},                    // overlong
      {"\xED\xA0\x80", "RRR"},                    // a surrogate half
      {"\xF4\x90\x80\x80", "RRRR"},               // above U+10FFFF
      {"\xF5\x80", "RR"},                         // never a lead byte
      {"\xE2\x82", "R"},                          // cut at the end
      {"\xE2\x82\xE2\x82\xAC", "R\xE2\x82\xAC"},  // cut by another
      {"\xF0\x9F\x98", "R"},                      // three good bytes of four
      {"\xF0\x9Fx", "Rx"},
      {"\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", "RRRRA"},  // Unicode 3.9, table 3-11
      {"\xC3(", "R("},
  };
  for (const auto& [bytes, expected] : cases) {
    std::string plain;
    for (const char c : expected) {
      plain += c == 'R' ? std::string("\xEF\xBF\xBD") : std::string(1, c);
    }
    EXPECT_EQ(with_replacement(bytes), plain);
  }
}

TEST(Utf8, LeavesWellFormedTextAlone) {
  const std::string text = "a\xC3\xA9\xE4\xB8\xAD\xF0\x9F\x98\x80 \xEF\xBF\xBD z";
  EXPECT_EQ(with_replacement(text), text);
}

TEST(Utf8, FindsTheAsciiPrefixAtEveryPlace) {
  for (std::size_t length = 0; length < 40; ++length) {
    const std::string ascii(length, 'x');
    EXPECT_EQ(ascii_prefix(ascii), length);
    EXPECT_EQ(ascii_prefix(ascii + "\xC3\xA9" + ascii), length);
  }
}

}  // namespace
}  // namespace wend::text
