// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/map.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "wend/base/check.h"
#include "wend/base/hash.h"
#include "wend/discover/map_assets.h"
#include "wend/discover/map_chart.h"
#include "wend/discover/map_text.h"

namespace wend::discover {
namespace {

constexpr std::size_t kBestShown = 3;
constexpr std::size_t kExemplarLength = 400;
constexpr std::size_t kNameLength = 120;
constexpr std::size_t kHeadLength = 100;
constexpr int kUnit = 9'999;            // The plane's side in the page's whole numbers.
constexpr double kTurn = 137.50776405;  // Degrees between the hues of tasks that follow another.
constexpr std::int32_t kNoTask = -1;

std::size_t prompts_of(const TaskMap& map) {
  return std::accumulate(
      map.tasks.begin(), map.tasks.end(), map.others.size, [](std::size_t sum, const auto& task) {
        return sum + task.size;
      });
}

std::string percent(std::size_t part, std::size_t whole) {
  return whole == 0 ? "-"
                    : fmt::format("{:.1f}\u00A0%",
                                  100 * static_cast<double>(part) / static_cast<double>(whole));
}

/// A button needs a text.
std::string name_of(const TaskView& task, std::int32_t index) {
  const std::string name = one_line(task.name, kNameLength);
  const std::string other = index == kNoTask ? "No task" : fmt::format("Task {}", index);
  return name.empty() ? other : name;
}

std::string facts_html(const TaskMap& map) {
  std::string html = "<dl>";
  for (const auto& [name, value] : map.facts) {
    html += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", html_line(name), html_line(value));
  }
  return html + "</dl>\n";
}

std::string best_html(const TaskMap& map, const TaskView& task) {
  const std::vector<std::size_t> order = models_by_quality(task);
  std::string html;
  for (std::size_t i = 0; i < std::min(kBestShown, order.size()); ++i) {
    html += fmt::format("{}<strong>{}</strong> {:.3f}",
                        i == 0 ? "<p>Best: " : ", ",
                        html_line(map.models[order[i]]),
                        task.mean_quality[order[i]]);
  }
  return html.empty() ? html : html + "</p>\n";
}

std::string models_html(const TaskMap& map, const TaskView& task) {
  std::string html =
      "<details><summary>All models</summary><table><tr><th>model</th>"
      "<th>mean quality</th></tr>\n";
  for (const std::size_t model : models_by_quality(task)) {
    const bool is_candidate = std::ranges::count(task.candidates, model) > 0;
    html += fmt::format("<tr><td>{}{}</td><td>{:.3f}</td></tr>\n",
                        html_line(map.models[model]),
                        is_candidate ? " <span class=\"note\">candidate</span>" : "",
                        task.mean_quality[model]);
  }
  return html + "</table></details>\n";
}

std::string quality_html(const TaskMap& map, const TaskView& task) {
  const auto range = quality_range(task);
  if (!range) {
    return "<p class=\"note\">No quality is known.</p>\n";
  }
  return best_html(map, task) + quality_strip(task, map.models) +
         fmt::format("<p class=\"note\">Spread across models {:.3f}: {:.3f} to {:.3f}</p>\n",
                     range->high - range->low,
                     range->low,
                     range->high) +
         models_html(map, task);
}

std::string exemplars_html(const TaskView& task) {
  std::string html;
  for (const std::string& exemplar : task.exemplars) {
    html += "<li dir=\"auto\">" + html_line(exemplar, kExemplarLength) + "</li>\n";
  }
  return html.empty() ? html : "<ul>" + html + "</ul>\n";
}

/// What the list is sorted by stands in the element's data.
std::string card_html(const TaskMap& map, const TaskView& task, std::int32_t index) {
  const auto range = quality_range(task);
  std::string html = fmt::format(
      "<article id=\"task{0}\" data-task=\"{0}\" data-size=\"{1}\" data-spread=\"{2:.6f}\" {3}>",
      index,
      task.size,
      range ? range->high - range->low : -1.0,
      index == kNoTask ? "class=\"others\""
                       : fmt::format("style=\"--hue:{:.1f}\"", std::fmod(index * kTurn, 360.0)));
  html += fmt::format("<h3><button aria-pressed=\"false\" dir=\"auto\">{}</button></h3>\n",
                      html_line(name_of(task, index)));
  html += fmt::format("<p class=\"count\">{} prompts, {} <span class=\"id\">{}</span></p>\n",
                      grouped(task.size),
                      percent(task.size, prompts_of(map)),
                      html_line(task.id));
  if (!task.definition.empty()) {
    html += "<p dir=\"auto\">" + html_line(task.definition) + "</p>\n";
  }
  return html + exemplars_html(task) + quality_html(map, task) + "</article>\n";
}

std::string picture_html(const TaskMap& map) {
  if (map.points.empty()) {
    return "";
  }
  const std::size_t prompts = prompts_of(map);
  const std::string which =
      map.points.size() < prompts
          ? fmt::format(
                "{} of {} prompts, drawn at random", grouped(map.points.size()), grouped(prompts))
          : fmt::format("All {} prompts", grouped(prompts));
  return "<h2>Prompts</h2>\n<p class=\"note\">" + which +
         ". Near each other is what means alike; colours are tasks, grey is no task. The axes mean "
         "nothing. Click a point or a task's name to see the task alone; drag, arrow keys, + and - "
         "move the view, Ctrl and the wheel too.</p>\n"
         "<div class=\"bar\"><button data-key=\"+\" aria-label=\"closer\">+</button>"
         "<button data-key=\"-\" aria-label=\"farther\">&minus;</button>"
         "<button data-key=\"0\">All</button><button id=\"clear\">Every task</button>"
         "<strong id=\"picked\" role=\"status\" dir=\"auto\"></strong></div>\n"
         "<div class=\"picture\"><canvas id=\"map\" tabindex=\"0\" role=\"img\" "
         "aria-label=\"map of the prompts\"></canvas><div id=\"tip\" hidden></div></div>\n";
}

std::string tasks_html(const TaskMap& map) {
  std::string html = fmt::format(
      "<h2>{} tasks</h2>\n<div class=\"bar\" role=\"group\" aria-label=\"order\">"
      "<button data-sort=\"size\" aria-pressed=\"true\">By size</button>"
      "<button data-sort=\"spread\" aria-pressed=\"false\">By spread of quality</button>"
      "<button data-sort=\"name\" aria-pressed=\"false\">By name</button>"
      "<input id=\"filter\" type=\"search\" placeholder=\"Filter\" aria-label=\"filter tasks\">"
      "<span id=\"shown\" class=\"note\" role=\"status\"></span></div>\n"
      "<p class=\"note\">A dot is a model's mean quality on the task's prompts; filled are the "
      "candidates, of which one is best for most prompts.</p>\n<div id=\"tasks\">\n",
      grouped(map.tasks.size()));
  std::vector<std::size_t> order(map.tasks.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return map.tasks[a].size > map.tasks[b].size;
  });
  for (const std::size_t task : order) {
    html += card_html(map, map.tasks[task], static_cast<std::int32_t>(task));
  }
  return html + card_html(map, map.others, kNoTask) + "</div>\n";
}

int whole(float coordinate) {
  return std::isfinite(coordinate)
             ? static_cast<int>(std::lround(std::clamp(coordinate, 0.0F, 1.0F) * kUnit))
             : 0;
}

/// For the script. "<" is written so that no text can end the element that it stands in.
std::string data_json(const TaskMap& map) {
  using Json = nlohmann::ordered_json;
  Json data = {{"unit", kUnit}, {"turn", kTurn}};
  for (const char* const column : {"names", "x", "y", "task", "heads"}) {
    data[column] = Json::array();
  }
  for (std::size_t task = 0; task < map.tasks.size(); ++task) {
    data["names"].push_back(name_of(map.tasks[task], static_cast<std::int32_t>(task)));
  }
  for (const MapPoint& point : map.points) {
    const bool has_task = point.task >= 0;
    CHECK(!has_task || static_cast<std::size_t>(point.task) < map.tasks.size(),
          "a point of task {} of {}",
          point.task,
          map.tasks.size());
    data["x"].push_back(whole(point.x));
    data["y"].push_back(whole(point.y));
    data["task"].push_back(has_task ? point.task : kNoTask);
    data["heads"].push_back(one_line(point.text, kHeadLength));
  }
  std::string json = data.dump();
  for (std::size_t at = json.find('<'); at != std::string::npos; at = json.find('<', at)) {
    json.replace(at, 1, "\\u003c");
  }
  return json;
}

}  // namespace

std::string to_html(const TaskMap& map) {
  const std::string data = data_json(map);
  // Who writes a prompt cannot know it: it is the hash of all of them.
  const std::string nonce = base::sha256_hex(data).substr(0, 32);
  std::string html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; base-uri 'none'; "
      "form-action 'none'; style-src 'unsafe-inline'; script-src 'nonce-{0}'\">\n"
      "<title>{1}</title>\n<style>{2}</style></head><body>\n<h1>{1}</h1>\n",
      nonce,
      html_line(map.title),
      kMapStyle);
  html += facts_html(map) + picture_html(map) + tasks_html(map);
  html += "<script type=\"application/json\" id=\"data\">" + data + "</script>\n";
  html += fmt::format("<script nonce=\"{}\">{}</script>\n</body></html>\n", nonce, kMapScript);
  return html;
}

}  // namespace wend::discover
