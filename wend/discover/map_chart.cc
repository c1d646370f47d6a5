// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/map_chart.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "wend/discover/map_text.h"

namespace wend::discover {
namespace {

constexpr double kLeft = 8;
constexpr double kLength = 304;
constexpr double kMiddle = 12;

double x_of(double quality) {
  return kLeft + kLength * std::clamp(quality, 0.0, 1.0);
}

std::string tick(double quality, const char* anchor) {
  return fmt::format(
      "<path d=\"M{0:.1f} 7v10\"/><text x=\"{0:.1f}\" y=\"29\" text-anchor=\"{1}\">{2:.3g}</text>",
      x_of(quality),
      anchor,
      quality);
}

}  // namespace

std::vector<std::size_t> models_by_quality(const TaskView& task) {
  std::vector<std::size_t> order;
  for (std::size_t model = 0; model < task.mean_quality.size(); ++model) {
    if (std::isfinite(task.mean_quality[model])) {
      order.push_back(model);
    }
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return task.mean_quality[a] > task.mean_quality[b];
  });
  return order;
}

std::optional<base::Interval> quality_range(const TaskView& task) {
  const std::vector<std::size_t> order = models_by_quality(task);
  if (order.empty()) {
    return std::nullopt;
  }
  return base::Interval{task.mean_quality[order.back()], task.mean_quality[order.front()]};
}

std::string quality_strip(const TaskView& task, const std::vector<std::string>& models) {
  const auto range = quality_range(task);
  if (!range) {
    return "";
  }
  std::string svg = fmt::format(
      "<svg class=\"strip\" viewBox=\"0 0 320 32\" role=\"img\" aria-label=\"mean qualities from "
      "{:.3f} to {:.3f}\">",
      range->low,
      range->high);
  svg += fmt::format("<path d=\"M{} {}h{}\"/>", kLeft, kMiddle, kLength);
  svg += tick(0, "start") + tick(0.5, "middle") + tick(1, "end");
  svg += fmt::format("<path class=\"range\" d=\"M{:.1f} {}H{:.1f}\"/>",
                     x_of(range->low),
                     kMiddle,
                     x_of(range->high));
  for (const std::size_t model : models_by_quality(task)) {
    const bool is_candidate = std::ranges::count(task.candidates, model) > 0;
    svg +=
        fmt::format("<circle{} cx=\"{:.1f}\" cy=\"{}\" r=\"4\"><title>{}: {:.3f}</title></circle>",
                    is_candidate ? " class=\"candidate\"" : "",
                    x_of(task.mean_quality[model]),
                    kMiddle,
                    html_line(models[model]),
                    task.mean_quality[model]);
  }
  return svg + "</svg>";
}

}  // namespace wend::discover
