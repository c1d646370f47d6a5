// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "wend/base/plot.h"
#include "wend/base/text_table.h"
#include "wend/label/label_report.h"

namespace wend::label {
namespace {

using Json = nlohmann::ordered_json;

std::string shown(const std::optional<double>& value, const char* form) {
  return value ? fmt::format(fmt::runtime(form), *value) : "-";
}

std::string share(std::size_t part, std::size_t whole) {
  return whole == 0 ? "-"
                    : fmt::format("{:.1f} %",
                                  100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

/// What a reader must know of the qualities: whose word they are, and what is missing.
std::vector<std::string> notes_of(const LabelReport& report) {
  std::vector<std::string> notes;
  for (const ModelReport& model : report.models) {
    for (const auto& [judge, outcomes] : model.judged_by) {
      notes.push_back(fmt::format("{}: {} qualities are the word of the judge {}{}",
                                  model.model,
                                  outcomes,
                                  judge,
                                  model.own_judges.contains(judge)
                                      ? ", which is this model itself: models prefer their own "
                                        "answers"
                                      : ""));
    }
  }
  for (const auto& [why, outcomes] : report.why_missing) {
    notes.push_back(fmt::format("{} outcomes are missing: {}", outcomes, why));
  }
  if (report.levels.empty()) {
    notes.emplace_back(
        "the task types have no levels of difficulty below their subcategories, so nothing is "
        "shown by level");
  }
  return notes;
}

std::vector<std::string> harder_sentences(const LabelReport& report) {
  const HarderReport& h = report.harder;
  return {fmt::format("harder costs more: {} of {} pairs of neighbouring levels ({}), the same: {}",
                      h.costs_more,
                      h.cost_pairs,
                      share(h.costs_more, h.cost_pairs),
                      h.costs_the_same),
          fmt::format("harder scores less: {} of {} ({}), the same: {}",
                      h.scores_less,
                      h.quality_pairs,
                      share(h.scores_less, h.quality_pairs),
                      h.scores_the_same),
          fmt::format("both: {} of {} ({})", h.both, h.both_pairs, share(h.both, h.both_pairs))};
}

using Rows = std::vector<std::vector<std::string>>;

std::vector<std::string> model_headings(const LabelReport& report) {
  return {"model",
          "outcomes",
          "quality",
          "cost, " + report.currency,
          "tokens in",
          "out",
          "failed",
          "unscored"};
}

Rows model_rows(const LabelReport& report) {
  Rows rows;
  for (const ModelReport& model : report.models) {
    rows.push_back({model.model,
                    fmt::format("{}", model.mean.outcomes),
                    shown(model.mean.quality, "{:.4f}"),
                    shown(model.mean.cost, "{:.4g}"),
                    shown(model.input_tokens, "{:.0f}"),
                    shown(model.output_tokens, "{:.0f}"),
                    fmt::format("{}", model.failed),
                    fmt::format("{}", model.unscored)});
  }
  return rows;
}

std::vector<std::string> level_headings(const LabelReport& report) {
  std::vector<std::string> headings = {"", "model"};
  for (const std::string& level : report.levels) {
    headings.push_back(level);
  }
  return headings;
}

/// One row a model of what `of` shows of its points.
template <class Of>
Rows level_rows(const LabelReport& report, const LevelReport& part, Of of) {
  Rows rows;
  for (std::size_t model = 0; model < report.models.size(); ++model) {
    std::vector<std::string>& row = rows.emplace_back();
    row = {part.name, report.models[model].model};
    for (const MeanPoint& point : part.points[model]) {
      row.push_back(of(point));
    }
  }
  return rows;
}

std::string quality_of(const MeanPoint& point) {
  return shown(point.quality, "{:.3f}");
}

std::string cost_of_point(const MeanPoint& point) {
  return shown(point.cost, "{:.3g}");
}

std::string table_text(const std::vector<std::string>& headings, const Rows& rows) {
  std::vector<base::TextColumn> columns;
  for (const std::string& heading : headings) {
    const bool is_name = heading.empty() || heading == "model";
    columns.push_back({heading, is_name ? base::Align::kLeft : base::Align::kRight});
  }
  base::TextTable table(std::move(columns));
  for (const std::vector<std::string>& row : rows) {
    table.add_row(row);
  }
  return table.render();
}

Rows all_level_rows(const LabelReport& report, std::string (*of)(const MeanPoint&)) {
  Rows rows;
  for (const LevelReport& part : report.by_level) {
    for (auto& row : level_rows(report, part, of)) {
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

Json value_or_null(const std::optional<double>& value) {
  return value ? Json(*value) : Json();
}

Json to_object(const MeanPoint& point) {
  return {{"outcomes", point.outcomes},
          {"quality", value_or_null(point.quality)},
          {"cost", value_or_null(point.cost)}};
}

Json to_object(const ModelReport& model) {
  Json object = {{"model", model.model}};
  object.update(to_object(model.mean));
  object["input_tokens"] = value_or_null(model.input_tokens);
  object["output_tokens"] = value_or_null(model.output_tokens);
  object["failed"] = model.failed;
  object["unscored"] = model.unscored;
  object["judged_by"] = model.judged_by;
  object["judges_itself"] = !model.own_judges.empty();
  return object;
}

Json to_object(const HarderReport& harder) {
  return {{"cost_pairs", harder.cost_pairs},
          {"costs_more", harder.costs_more},
          {"costs_the_same", harder.costs_the_same},
          {"quality_pairs", harder.quality_pairs},
          {"scores_less", harder.scores_less},
          {"scores_the_same", harder.scores_the_same},
          {"both_pairs", harder.both_pairs},
          {"both", harder.both}};
}

std::string table_html(const std::vector<std::string>& headings, const Rows& rows) {
  std::string html = "<table><tr>";
  for (const std::string& heading : headings) {
    html += "<th>" + base::escape_html(heading) + "</th>";
  }
  html += "</tr>\n";
  for (const std::vector<std::string>& row : rows) {
    html += "<tr>";
    for (const std::string& cell : row) {
      html += "<td>" + base::escape_html(cell) + "</td>";
    }
    html += "</tr>\n";
  }
  return html + "</table>\n";
}

std::string list_html(const std::vector<std::string>& sentences) {
  std::string html = "<ul>";
  for (const std::string& sentence : sentences) {
    html += "<li>" + base::escape_html(sentence) + "</li>\n";
  }
  return html + "</ul>\n";
}

/// Quality and cost of one part, side by side.
std::string charts_html(const LabelReport& report, const LevelReport& part) {
  base::CategoryPlot quality{part.name + ": quality", "mean, 0 to 1", report.levels, {}};
  base::CategoryPlot cost{
      part.name + ": cost", "mean of a call, " + report.currency, report.levels, {}};
  for (std::size_t model = 0; model < report.models.size(); ++model) {
    base::PlotSeries& qualities = quality.series.emplace_back();
    base::PlotSeries& costs = cost.series.emplace_back();
    qualities.name = costs.name = report.models[model].model;
    for (const MeanPoint& point : part.points[model]) {
      qualities.values.push_back(point.quality);
      costs.values.push_back(point.cost);
    }
  }
  return "<div>" + base::svg_of(quality) + base::svg_of(cost) + "</div>\n";
}

std::string legend_html(const LabelReport& report) {
  std::string html = "<p>";
  for (std::size_t model = 0; model < report.models.size(); ++model) {
    html += fmt::format("<span style=\"color:{}\">&#9632;</span> {} &nbsp; ",
                        base::plot_colour(model),
                        base::escape_html(report.models[model].model));
  }
  return html + "</p>\n";
}

}  // namespace

std::string to_text(const LabelReport& report) {
  std::string text = fmt::format("{}: {} queries\n\n", report.dataset, report.queries);
  text += table_text(model_headings(report), model_rows(report)) + "\n";
  if (!report.levels.empty()) {
    text += "quality by level\n\n" +
            table_text(level_headings(report), all_level_rows(report, quality_of)) +
            "\ncost of a call by level, " + report.currency + "\n\n" +
            table_text(level_headings(report), all_level_rows(report, cost_of_point)) + "\n";
    for (const std::string& sentence : harder_sentences(report)) {
      text += sentence + "\n";
    }
  }
  for (const std::string& note : notes_of(report)) {
    text += note + "\n";
  }
  return text;
}

std::string to_json(const LabelReport& report) {
  Json document = {{"dataset", report.dataset},
                   {"queries", report.queries},
                   {"currency", report.currency},
                   {"models", Json::array()},
                   {"levels", report.levels},
                   {"by_level", Json::array()},
                   {"harder", to_object(report.harder)},
                   {"missing", report.why_missing},
                   {"notes", notes_of(report)}};
  for (const ModelReport& model : report.models) {
    document["models"].push_back(to_object(model));
  }
  for (const LevelReport& part : report.by_level) {
    Json& object = document["by_level"].emplace_back(Json{{"name", part.name}});
    for (std::size_t model = 0; model < report.models.size(); ++model) {
      Json& points = object["models"][report.models[model].model] = Json::array();
      for (const MeanPoint& point : part.points[model]) {
        points.push_back(to_object(point));
      }
    }
  }
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string to_html(const LabelReport& report) {
  std::string html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{0}</title>\n"
      "<style>body{{font-family:sans-serif;margin:2em;max-width:60em}}table{{border-collapse:"
      "collapse}}th,td{{padding:.2em .8em;border-bottom:1px solid #ddd;text-align:right}}"
      "th:first-child,td:first-child,td:nth-child(2){{text-align:left}}</style></head><body>\n"
      "<h1>{0}: cost and quality of {1} models on {2} queries</h1>\n",
      base::escape_html(report.dataset),
      report.models.size(),
      report.queries);
  html += table_html(model_headings(report), model_rows(report));
  if (!report.levels.empty()) {
    html += "<h2>By level of difficulty</h2>\n" + legend_html(report);
    for (const LevelReport& part : report.by_level) {
      html += charts_html(report, part);
    }
    html += "<h2>Do harder nodes cost more and score less?</h2>\n" +
            list_html(harder_sentences(report));
  }
  return html + "<h2>Notes</h2>\n" + list_html(notes_of(report)) + "</body></html>\n";
}

}  // namespace wend::label
