// SPDX-License-Identifier: Apache-2.0
#include "wend/base/plot.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wend::base {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::size_t count(const std::string& text, const std::string& word) {
  std::size_t found = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    ++found;
  }
  return found;
}

TEST(Plot, DrawsALinePerSeriesWithGapsWhereNothingIsKnown) {
  CategoryPlot plot{"Quality", "0 to 1", {"1", "2", "3"}, {}};
  plot.series = {{"a", {0.5, std::nullopt, 0.75}},
                 {"b", {0.1, 0.2, std::numeric_limits<double>::quiet_NaN()}}};
  const std::string svg = svg_of(plot);
  EXPECT_EQ(count(svg, "<path"), 2U);
  EXPECT_EQ(count(svg, "<circle"), 4U);
  EXPECT_THAT(svg, HasSubstr("<title>a: 0.75</title>"));
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(svg, HasSubstr(">1</text>"));  // The axis ends at 1, above .75.
}

TEST(Plot, NeedsNothingFromElsewhereAndEscapesNames) {
  const std::string svg = svg_of({"<b> & \"c\"", "", {"<x>"}, {{"</svg><script>", {1.0}}}});
  EXPECT_THAT(svg, HasSubstr("&lt;b&gt; &amp; &quot;c&quot;"));
  EXPECT_THAT(svg, Not(HasSubstr("<script")));
  EXPECT_EQ(count(svg, "</svg>"), 1U);
  EXPECT_EQ(count(svg, "href"), 0U);
}

TEST(Plot, HoldsWhereThereIsNothingToShow) {
  EXPECT_THAT(svg_of({}), HasSubstr("</svg>"));
  EXPECT_THAT(svg_of({"t", "u", {"1"}, {{"zero", {0.0}}}}), HasSubstr("<circle"));
}

}  // namespace
}  // namespace wend::base
