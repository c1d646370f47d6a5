// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/trouter/options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "wend/base/suggest.h"

namespace wend::routers {
namespace {

using base::Code;
using Names = std::string_view;

constexpr std::array<Names, 3> kScorers = {"pairwise", "concat_all", "bilinear"};
constexpr std::array<Names, 3> kInputs = {"unit", "raw", "scaled"};
constexpr std::array<Names, 2> kOptimizers = {"adam", "adamw"};
constexpr std::array<Names, 2> kStops = {"utility", "loss"};
constexpr std::array<Names, 2> kLossScales = {"mean", "sum"};
constexpr std::array<Names, 2> kSmoothings = {"uniform", "siblings"};
constexpr std::array<Names, 2> kTables = {"head", "blend"};
constexpr std::array<Names, 2> kStarts = {"plain", "calibrated"};
constexpr std::array<Names, 3> kMetrics = {"quality", "cost", "latency"};
constexpr std::array<Names, 5> kLevels = {"leaves", "auto", "domain", "subcategory", "difficulty"};

TRouterOptions wend_profile() {
  TRouterOptions options;
  options.table = TableKind::kBlend;
  options.training.input = InputScale::kScaled;
  options.training.start = HeadStart::kCalibrated;
  options.training.epoch_steps = 25;
  return options;
}

TRouterOptions code_profile() {
  TRouterOptions options;
  options.training.optimizer = OptimizerName::kAdamW;
  options.training.dropout = 0.1;
  options.training.stop = StopBy::kLoss;
  options.training.loss = LossScale::kSum;
  options.training.input = InputScale::kRaw;
  options.training.width = 384;
  options.training.head_layers = 3;
  return options;
}

std::optional<std::size_t> level_number(const std::string& text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

std::vector<std::string> level_words() {
  return {kLevels.begin(), kLevels.end()};
}

base::Status check_level(const std::string& level) {
  const std::vector<std::string> words = level_words();
  if (level_number(level) || std::find(words.begin(), words.end(), level) != words.end()) {
    return {};
  }
  return base::fail(Code::kInvalidArgument,
                    "option 'level' is '{}'{}; expected leaves, auto, domain, subcategory, "
                    "difficulty or a number from 0",
                    level,
                    base::did_you_mean(level, words));
}

base::Result<Metric> parse_metric(std::string_view word) {
  const auto found = std::find(kMetrics.begin(), kMetrics.end(), word);
  if (found == kMetrics.end()) {
    const std::vector<std::string> names(kMetrics.begin(), kMetrics.end());
    return base::fail(Code::kInvalidArgument,
                      "option 'metrics': '{}' is unknown{}; expected quality, cost and latency "
                      "joined by '+'",
                      word,
                      base::did_you_mean(word, names));
  }
  return static_cast<Metric>(found - kMetrics.begin());
}

bool usable(Metric metric, MetricsAvailable available) {
  return metric == Metric::kQuality || (metric == Metric::kCost && available.cost) ||
         (metric == Metric::kLatency && available.latency);
}

}  // namespace

void TrainingOptions::fields(OptionFields& fields) {
  fields.choice("optimizer", optimizer, kOptimizers);
  fields.number("lr", learning_rate, {1e-8, 1});
  fields.number("weight_decay", weight_decay, {0, 1});
  fields.count("epochs", epochs, {1, 10000});
  fields.count("batch", batch, {1, 65536});
  fields.count("epoch_steps", epoch_steps, {1, 100000});
  fields.count("patience", patience, {1, 10000});
  fields.number("dropout", dropout, {0, 0.9});
  fields.choice("stop", stop, kStops);
  fields.choice("loss", loss, kLossScales);
  fields.number("w_quality", weight_quality, {0, 1000});
  fields.number("w_cost", weight_cost, {0, 1000});
  fields.number("w_latency", weight_latency, {0, 1000});
  fields.text("metrics", metrics);
  fields.choice("input", input, kInputs);
  fields.choice("start", start, kStarts);
  fields.count("width", width, {1, 4096});
  fields.count("hidden", hidden, {1, 4096});
  fields.count("head_layers", head_layers, {2, 3});
}

double TrainingOptions::weight_of(Metric metric) const {
  switch (metric) {
    case Metric::kQuality:
      return weight_quality;
    case Metric::kCost:
      return weight_cost;
    case Metric::kLatency:
      return weight_latency;
  }
  return 0;
}

TRouterOptions TRouterOptions::of(Profile profile) {
  TRouterOptions options = profile == Profile::kWend   ? wend_profile()
                           : profile == Profile::kCode ? code_profile()
                                                       : TRouterOptions{};
  options.profile = profile;
  return options;
}

void TRouterOptions::fields(OptionFields& fields) {
  fields.choice("profile", profile, kProfileNames);
  fields.choice("scorer", scorer, kScorers);
  fields.text("level", level);
  fields.count("shots", shots, {0, 1000000});
  fields.flag("assumption1", assumption1);
  fields.flag("regularisation", regularisation);
  fields.number("tau", tau, {1e-3, 100});
  fields.number("w_task", weight_task, {0, 1000});
  fields.number("label_smoothing", label_smoothing, {0, 0.9});
  fields.choice("smoothing", smoothing, kSmoothings);
  fields.choice("table", table, kTables);
  fields.number("pseudo_count", pseudo_count, {0, 1e6});
  training.fields(fields);
}

base::Result<TRouterOptions> TRouterOptions::parse(const RouterSpec& spec) {
  TRouterOptions first;
  TRY(read_spec_options(spec, [&](OptionFields& fields) { first.fields(fields); }));
  TRouterOptions options = of(first.profile);
  TRY(read_spec_options(spec, [&](OptionFields& fields) { options.fields(fields); }));
  if (const base::Status level = check_level(options.level); !level) {
    return base::pass_on(base::Status(level), fmt::format("router '{}'", spec.text));
  }
  return options;
}

base::Result<TRouterOptions> TRouterOptions::from_json(std::string_view json) {
  TRouterOptions options;
  TRY(read_json_options(json, [&](OptionFields& fields) { options.fields(fields); }));
  return options;
}

std::string TRouterOptions::to_json() {
  return options_json([this](OptionFields& visitor) { fields(visitor); });
}

base::Result<std::vector<Metric>> parse_metrics(const std::string& text,
                                                MetricsAvailable available) {
  std::vector<Metric> metrics;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find('+', begin), text.size());
    const Metric metric = TRY(parse_metric(std::string_view(text).substr(begin, end - begin)));
    if (usable(metric, available)) {
      metrics.push_back(metric);
    }
    begin = end + 1;
  }
  std::sort(metrics.begin(), metrics.end());
  metrics.erase(std::unique(metrics.begin(), metrics.end()), metrics.end());
  if (metrics.empty() || metrics.front() != Metric::kQuality) {
    return base::fail(Code::kInvalidArgument,
                      "option 'metrics' is '{}'; expected quality among them, as in quality+cost",
                      text);
  }
  return metrics;
}

std::string metrics_text(const std::vector<Metric>& metrics) {
  std::string text;
  for (const Metric metric : metrics) {
    text += text.empty() ? "" : "+";
    text += kMetrics[static_cast<std::size_t>(metric)];
  }
  return text;
}

base::Result<std::vector<std::size_t>> tasks_at(const core::Taxonomy& taxonomy,
                                                const std::string& level) {
  if (taxonomy.empty()) {
    return base::fail(Code::kFailedPrecondition,
                      "the data set has no task types; import it with a taxonomy.json, or with "
                      "--taxonomy FIELD,FIELD to build one");
  }
  if (level == "leaves") {
    return taxonomy.leaves();
  }
  const std::size_t deepest = taxonomy.level_count() - 1;
  const std::optional<std::size_t> number = level_number(level);
  if (number && *number > deepest) {
    return base::fail(Code::kInvalidArgument,
                      "option 'level' is {}; the taxonomy's levels are 0 to {}",
                      level,
                      deepest);
  }
  const std::size_t wanted = number                   ? *number
                             : level == "domain"      ? 0
                             : level == "subcategory" ? 1
                                                      : 2;
  return taxonomy.at_level(std::min(wanted, deepest));
}

}  // namespace wend::routers
