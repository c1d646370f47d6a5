// SPDX-License-Identifier: Apache-2.0
// Charts as SVG text that stands in a page by itself: no script, no font and no address to fetch.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace wend::base {

struct PlotSeries {
  std::string name;
  std::vector<std::optional<double>> values;  ///< One a category; an absent one is a gap.
};

/// Lines over categories in their order.
struct CategoryPlot {
  std::string title;
  std::string unit;  ///< Of the values, under the title.
  std::vector<std::string> categories;
  std::vector<PlotSeries> series;
};

/// An <svg> element with axes, ticks and a line a series, in the colours of plot_colour. Values
/// that are not finite are gaps.
std::string svg_of(const CategoryPlot& plot);

/// The colour of series `index`, so that a legend can stand elsewhere.
std::string plot_colour(std::size_t index);

/// A text as it stands in HTML or SVG.
std::string escape_html(const std::string& text);

}  // namespace wend::base
