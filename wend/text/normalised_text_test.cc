// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <gtest/gtest.h>

#include "wend/text/routing_text.h"

namespace wend::text {
namespace {

TEST(NormalisedText, CollapsesAndTrimsWhiteSpace) {
  EXPECT_EQ(normalised_text(""), "");
  EXPECT_EQ(normalised_text(" \t\r\n\v\f "), "");
  EXPECT_EQ(normalised_text("  a \n\n b\t"), "a b");
  EXPECT_EQ(normalised_text("a\xC2\xA0\xE3\x80\x80\xE2\x80\xA8\xC2\x85"
                            "b\xE1\x9A\x80"),
            "a b");
  // Zero-width characters are no White_Space.
  EXPECT_EQ(normalised_text("a\xE2\x80\x8B"
                            "b"),
            "a\xE2\x80\x8B"
            "b");
  // The quads are spaces before and after NFC turns them into other spaces.
  EXPECT_EQ(normalised_text("a\xE2\x80\x80\xE2\x80\x81"
                            "b"),
            "a b");
}

TEST(NormalisedText, ComposesCanonically) {
  EXPECT_EQ(normalised_text("e\xCC\x81"), "\xC3\xA9");
  EXPECT_EQ(normalised_text("\xC3\xA9"), "\xC3\xA9");
  EXPECT_EQ(normalised_text("\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB"), "\xED\x95\x9C");  // jamo: han
  EXPECT_EQ(normalised_text("\xE2\x84\xAB"), "\xC3\x85");  // Angstrom sign
  EXPECT_EQ(normalised_text("\xE0\xA4\x95\xE0\xA4\xBC"),
            "\xE0\xA4\x95\xE0\xA4\xBC");  // excluded from composition
  EXPECT_EQ(normalised_text("\xE0\xA5\x98"), "\xE0\xA4\x95\xE0\xA4\xBC");  // and decomposed: qa
  EXPECT_EQ(normalised_text("q\xCC\x87\xCC\xA3"), "q\xCC\xA3\xCC\x87");  // marks in canonical order
  EXPECT_EQ(normalised_text("\xEF\xAC\x81"), "\xEF\xAC\x81");  // fi ligature: not canonical
}

TEST(NormalisedText, KeepsCase) {
  EXPECT_EQ(normalised_text("What IS it?"), "What IS it?");
}

TEST(NormalisedText, ReplacesMalformedBytes) {
  EXPECT_EQ(normalised_text("a\xFF"
                            "b"),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(normalised_text("\xE2\x82\xC3\xA9"), "\xEF\xBF\xBD\xC3\xA9");
  EXPECT_EQ(normalised_text("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(NormalisedText, IsItsOwnNormalisedText) {
  for (const char* text :
       {" a  e\xCC\x81 ", "q\xCC\x87\xCC\xA3 \xCC\x81", "\xFF x", "\xE0\xA5\x98"}) {
    const std::string once = normalised_text(text);
    EXPECT_EQ(normalised_text(once), once);
  }
}

// A million marks in falling order of class, which a sort by insertion would not survive.
TEST(NormalisedText, TakesAMillionMarks) {
  std::string text = "a";
  for (int i = 0; i < 500'000; ++i) {
    text += "\xCC\x81";
  }
  for (int i = 0; i < 500'000; ++i) {
    text += "\xCC\xA3";
  }
  const std::string once = normalised_text(text);
  EXPECT_EQ(once.substr(0, 5), "\xE1\xBA\xA1\xCC\xA3");
  EXPECT_TRUE(once.ends_with("\xCC\x81"));
}

TEST(NormalisedText, TakesTenMegabytes) {
  EXPECT_EQ(normalised_text(std::string(10'000'000, ' ')), "");
  EXPECT_EQ(normalised_text(std::string(10'000'000, 'x')).size(), 10'000'000U);
  EXPECT_EQ(normalised_text(std::string(2'000'000, '\xFF')).size(), 6'000'000U);
}

}  // namespace
}  // namespace wend::text
