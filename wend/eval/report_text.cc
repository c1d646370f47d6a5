// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <functional>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "wend/base/text_table.h"
#include "wend/eval/report.h"

namespace wend::eval {

namespace {

using base::Align;
using base::TextColumn;

constexpr std::size_t kPageWidth = 120;
constexpr std::size_t kNameWidth = 30;

/// "-" for what is unknown; a negative number that rounds to nothing shows as 0.
std::string number(double value, int decimals = 4) {
  if (!std::isfinite(value)) {
    return "-";
  }
  const double unit = std::pow(10.0, -decimals);
  return fmt::format("{:.{}f}", std::fabs(value) < unit / 2 ? 0.0 : value, decimals);
}

std::string signed_number(double value) {
  const std::string text = number(value);
  return value > 0 && std::isfinite(value) ? '+' + text : text;
}

std::string percent(double share, int decimals = 0) {
  return std::isfinite(share) ? number(100 * share, decimals) + " %" : "-";
}

std::string range(const base::Interval& interval) {
  return fmt::format("[{}, {}]", number(interval.low), number(interval.high));
}

std::string signed_range(const base::Interval& interval) {
  return fmt::format("[{}, {}]", signed_number(interval.low), signed_number(interval.high));
}

void append_wrapped(std::string& text, std::string_view sentence) {
  for (const std::string& line : base::wrap_text(sentence, kPageWidth)) {
    text += line + '\n';
  }
}

/// "reference (c_ref 0.0123)": a number as it is, of anything larger its size.
std::string normaliser_words(const std::string& json_text) {
  const nlohmann::json json = nlohmann::json::parse(json_text, nullptr, false);
  if (!json.is_object() || !json.contains("name")) {
    return json_text;
  }
  std::vector<std::string> words;
  const nlohmann::json parameters = json.value("parameters", nlohmann::json::object());
  for (const auto& [key, value] : parameters.items()) {
    words.push_back(value.is_number() ? fmt::format("{} {:.6g}", key, value.get<double>())
                                      : fmt::format("{} {}", value.size(), key));
  }
  return fmt::format("{}{}",
                     json["name"].get<std::string>(),
                     words.empty() ? "" : fmt::format(" ({})", fmt::join(words, ", ")));
}

std::string header(const EvalReport& report) {
  std::string text;
  append_wrapped(text,
                 fmt::format("dataset {}, pool {}, {} models: {}",
                             report.dataset,
                             report.pool.empty() ? "(every model)" : report.pool,
                             report.models.size(),
                             fmt::join(report.models, ", ")));
  append_wrapped(text,
                 fmt::format("protocol {}, split {}, seeds {}",
                             report.protocol,
                             report.split,
                             fmt::join(report.seeds, " ")));
  append_wrapped(
      text,
      fmt::format("queries {} train, {} validation, {} test (seed {}); {} (test query, seed) pairs "
                  "pooled; {} queries left out because a model of the pool is missing",
                  report.queries.train,
                  report.queries.validation,
                  report.queries.test,
                  report.seeds.front(),
                  report.pairs,
                  report.dropped_incomplete));
  append_wrapped(
      text,
      fmt::format(
          "normaliser {}{}",
          normaliser_words(report.folds.front().normaliser_json),
          report.folds.size() > 1 ? "; parameters of the first fold, each has its own" : ""));
  for (const std::string& note : report.notes) {
    append_wrapped(text, "note: " + note);
  }
  return text;
}

/// cost, quality, utility under each preference, and the utility sum.
std::string means_table(const EvalReport& report) {
  std::vector<TextColumn> columns = {{"router", Align::kLeft, kNameWidth}};
  for (const char* group : {"cost-first (mu 0.2)", "balanced (mu 0.5)", "quality-first (mu 0.8)"}) {
    for (const char* heading : {"cost", "quality", "utility"}) {
      columns.push_back({heading, Align::kRight, 0, group});
    }
  }
  columns.push_back({"sum", Align::kRight, 0, "utility"});
  base::TextTable table(std::move(columns));
  for (const RowReport& row : report.rows) {
    std::vector<std::string> cells = {row.title()};
    for (const PreferenceReport& preference : row.preferences) {
      cells.push_back(number(preference.means.cost));
      cells.push_back(number(preference.means.quality));
      cells.push_back(number(preference.means.utility));
    }
    cells.push_back(number(row.utility_sum));
    table.add_row(std::move(cells));
  }
  return table.render();
}

std::string intervals_table(const EvalReport& report) {
  base::TextTable table({{"router", Align::kLeft, kNameWidth},
                         {"utility cost-first"},
                         {"utility balanced"},
                         {"utility quality-first"},
                         {"utility sum"}});
  for (const RowReport& row : report.rows) {
    std::vector<std::string> cells = {row.title()};
    for (const PreferenceReport& preference : row.preferences) {
      cells.push_back(range(preference.utility_ci));
    }
    cells.push_back(range(row.utility_sum_ci));
    table.add_row(std::move(cells));
  }
  return table.render();
}

std::string comparison_table(const EvalReport& report) {
  base::TextTable table({{"router", Align::kLeft, kNameWidth},
                         {"sum", Align::kRight, 0, "difference to best_static"},
                         {"95 % interval", Align::kRight, 0, "difference to best_static"},
                         {"gain", Align::kRight, 0, "normalised"},
                         {"cost", Align::kRight, 0, "share of modal model"},
                         {"bal.", Align::kRight, 0, "share of modal model"},
                         {"qual.", Align::kRight, 0, "share of modal model"},
                         {"decide us"},
                         {"train s"}});
  for (const RowReport& row : report.rows) {
    std::vector<std::string> cells = {row.title(),
                                      signed_number(row.difference),
                                      signed_range(row.difference_ci),
                                      row.normalised_gain ? percent(*row.normalised_gain, 1) : "-"};
    for (const PreferenceReport& preference : row.preferences) {
      cells.push_back(percent(preference.means.modal_share));
    }
    cells.push_back(number(row.decide_microseconds, 1));
    cells.push_back(number(row.train_seconds, 1));
    table.add_row(std::move(cells));
  }
  return table.render();
}

bool has_recognition(const EvalReport& report) {
  return std::ranges::any_of(report.rows,
                             [](const RowReport& row) { return row.recognition.has_value(); });
}

/// How well task types are told, at each level.
std::string recognition_table(const EvalReport& report) {
  base::TextTable table({{"router", Align::kLeft, kNameWidth},
                         {"labels of", Align::kLeft, kNameWidth},
                         {"level", Align::kLeft},
                         {"types"},
                         {"queries"},
                         {"top-1"},
                         {"top-3"},
                         {"top-5"},
                         {"NLL"},
                         {"ECE"}});
  for (const RowReport& row : report.rows) {
    for (std::size_t i = 0; row.recognition && i < row.recognition->levels.size(); ++i) {
      const LevelRecognition& level = row.recognition->levels[i];
      table.add_row(
          {i == 0 ? row.title() : "",
           i == 0 ? fmt::format("{} ({})", row.recognition->dataset, row.recognition->part) : "",
           level.name,
           fmt::format("{}", level.types),
           fmt::format("{}", level.queries),
           percent(level.top1, 1),
           percent(level.top3, 1),
           percent(level.top5, 1),
           number(level.nll, 2),
           number(level.ece, 3)});
    }
  }
  return table.render();
}

/// The surest of a row's mistakes.
std::string failures_text(const RowReport& row) {
  constexpr std::size_t kShown = 3;
  std::vector<TaskFailure> failures = row.recognition->failures;
  std::ranges::stable_sort(failures, std::ranges::greater(), [](const TaskFailure& failure) {
    return failure.top.front().second;
  });
  failures.resize(std::min(failures.size(), kShown));
  std::string text;
  for (const TaskFailure& failure : failures) {
    std::vector<std::string> told;
    for (const auto& [task, weight] : failure.top) {
      told.push_back(fmt::format("{} {:.2f}", task.name, weight));
    }
    append_wrapped(text,
                   fmt::format("{}, {} \"{}\": {}; told as {}",
                               row.title(),
                               failure.query_id,
                               failure.stem,
                               failure.truth.name,
                               fmt::join(told, ", ")));
  }
  return text;
}

std::string recognition_text(const EvalReport& report) {
  std::string text = "\nTask types: is the true one the heaviest, among three, among five\n";
  text += recognition_table(report);
  text += "\nThe surest mistakes (all of them: task_failures.jsonl of --out)\n";
  for (const RowReport& row : report.rows) {
    text += row.recognition ? failures_text(row) : "";
  }
  return text;
}

}  // namespace

std::string to_text(const EvalReport& report) {
  std::string text = header(report);
  text += '\n' + means_table(report);
  text +=
      fmt::format("\n95 % intervals (paired bootstrap by query, {} resamples)\n", report.resamples);
  text += intervals_table(report);
  text += '\n' + comparison_table(report);
  text += has_recognition(report) ? recognition_text(report) : "";
  const std::vector<std::string> sentences = findings(report);
  text += sentences.empty() ? "" : "\n";
  for (const std::string& sentence : sentences) {
    append_wrapped(text, sentence);
  }
  return text;
}

}  // namespace wend::eval
