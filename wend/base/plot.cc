// SPDX-License-Identifier: Apache-2.0
#include "wend/base/plot.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace wend::base {
namespace {

constexpr double kWidth = 420;
constexpr double kHeight = 240;
constexpr double kLeft = 56;
constexpr double kRight = 12;
constexpr double kTop = 40;
constexpr double kBottom = 34;
constexpr int kTicks = 4;

/// The least of 1, 2, 5 times a power of ten that is not below the value.
double round_up(double value) {
  if (value <= 0) {
    return 1;
  }
  const double power = std::pow(10, std::floor(std::log10(value)));
  for (const double step : {1.0, 2.0, 5.0}) {
    if (value <= step * power * (1 + 1e-9)) {
      return step * power;
    }
  }
  return 10 * power;
}

double largest(const CategoryPlot& plot) {
  double most = 0;
  for (const PlotSeries& series : plot.series) {
    for (const auto& value : series.values) {
      most = std::max(most, value && std::isfinite(*value) ? *value : 0);
    }
  }
  return most;
}

class Drawing {
 public:
  Drawing(const CategoryPlot& plot, double top) : plot_(plot), top_(top) {}

  double x(std::size_t category) const {
    const double step = (kWidth - kLeft - kRight) / static_cast<double>(plot_.categories.size());
    return kLeft + step * (static_cast<double>(category) + 0.5);
  }

  double y(double value) const {
    return kHeight - kBottom - (kHeight - kTop - kBottom) * std::max(value, 0.0) / top_;
  }

  std::string axes() const {
    std::string text;
    for (int tick = 0; tick <= kTicks; ++tick) {
      const double value = top_ * tick / kTicks;
      text += fmt::format(
          "<line x1=\"{}\" x2=\"{}\" y1=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"#ddd\"/>"
          "<text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{:.3g}</text>\n",
          kLeft,
          kWidth - kRight,
          y(value),
          y(value),
          kLeft - 6,
          y(value) + 4,
          value);
    }
    for (std::size_t i = 0; i < plot_.categories.size(); ++i) {
      text += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n",
                          x(i),
                          kHeight - kBottom + 18,
                          escape_html(plot_.categories[i]));
    }
    return text;
  }

  std::string line(std::size_t index) const {
    const PlotSeries& series = plot_.series[index];
    const std::string colour = plot_colour(index);
    std::string path;
    std::string dots;
    bool is_down = false;
    for (std::size_t i = 0; i < std::min(series.values.size(), plot_.categories.size()); ++i) {
      if (!series.values[i] || !std::isfinite(*series.values[i])) {
        is_down = false;
        continue;
      }
      const double at = y(*series.values[i]);
      path += fmt::format("{}{:.1f} {:.1f} ", is_down ? 'L' : 'M', x(i), at);
      dots += fmt::format(
          "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\" fill=\"{}\"><title>{}: "
          "{:.4g}</title></circle>",
          x(i),
          at,
          colour,
          escape_html(series.name),
          *series.values[i]);
      is_down = true;
    }
    return fmt::format(
        "<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"/>{}\n", path, colour, dots);
  }

 private:
  const CategoryPlot& plot_;
  double top_;
};

}  // namespace

std::string plot_colour(std::size_t index) {
  // Told apart by people who see colours otherwise, too (Okabe and Ito).
  static constexpr std::array<const char*, 8> kColours = {
      "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#f0e442", "#000000"};
  return kColours[index % kColours.size()];
}

std::string escape_html(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string svg_of(const CategoryPlot& plot) {
  const Drawing drawing(plot, round_up(largest(plot)));
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
      "height=\"{1}\" font-family=\"sans-serif\" font-size=\"11\">\n"
      "<text x=\"8\" y=\"16\" font-size=\"13\" font-weight=\"bold\">{2}</text>"
      "<text x=\"8\" y=\"30\" fill=\"#666\">{3}</text>\n",
      kWidth,
      kHeight,
      escape_html(plot.title),
      escape_html(plot.unit));
  svg += drawing.axes();
  for (std::size_t i = 0; i < plot.series.size(); ++i) {
    svg += drawing.line(i);
  }
  return svg + "</svg>\n";
}

}  // namespace wend::base
