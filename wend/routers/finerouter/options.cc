// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/finerouter/options.h"

#include <algorithm>
#include <array>

#include "wend/base/check.h"

namespace wend::routers {
namespace {

using Names = std::string_view;

constexpr std::array<Names, 3> kRouters = {"finerouter", "finerouter_tasks", "finerouter_general"};
constexpr std::array<Names, 2> kProfiles = {"wend", "paper"};
constexpr std::array<Names, 5> kSources = {"auto", "discover", "given", "kmeans", "coarse"};
constexpr std::array<Names, 2> kObjectives = {"modularity", "cpm"};
constexpr std::array<Names, 2> kEncodings = {"summaries", "centres"};
constexpr std::array<Names, 2> kModes = {"natural", "paper"};
constexpr std::array<Names, 2> kStatistics = {"median", "mean"};
constexpr std::array<Names, 2> kAssigns = {"hard", "soft"};
constexpr std::array<Names, 2> kStops = {"utility", "loss"};
constexpr std::array<Names, 3> kInputs = {"unit", "raw", "scaled"};
constexpr std::array<Names, 2> kStarts = {"plain", "calibrated"};

constexpr OptionBounds kShare = {0, 1};
constexpr OptionBounds kRate = {1e-8, 1};
constexpr OptionBounds kEpochs = {1, 10000};

Stages stages_of(std::string_view router) {
  CHECK(is_finerouter(router), "'{}' is no FineRouter", router);
  return static_cast<Stages>(std::ranges::find(kRouters, router) - kRouters.begin());
}

FineRouterOptions paper_profile() {
  FineRouterOptions options;
  options.discovery.rbo_percentile = 0.9;
  options.discovery.resolution = 1;
  options.quality.general.learning_rate = 1e-3;
  options.quality.hidden = 256;
  options.quality.epoch_steps = 1;
  options.quality.pull = 0;
  options.quality.min_train = 1;
  options.quality.input = InputScale::kUnit;
  options.quality.start = HeadStart::kPlain;
  options.inference.mode = ScoreMode::kPaper;
  options.inference.shrink = 0;
  options.inference.statistic = Statistic::kMedian;
  options.inference.assign = Assign::kHard;
  return options;
}

}  // namespace

void DiscoveryChoice::fields(OptionFields& fields) {
  fields.choice("tasks", tasks, kSources);
  fields.count("k", k, {1, 1000});
  fields.number("rbo_p", rbo_p, {0.01, 0.99});
  fields.flag("rbo", rbo);
  fields.number("rbo_percentile", rbo_percentile, kShare);
  fields.number_or_auto("rbo_threshold", rbo_threshold, kShare);
  fields.choice("objective", objective, kObjectives);
  fields.number("resolution", resolution, {1e-6, 1e6});
  fields.count("iterations", iterations, {1, kMostIterations});
  fields.number("finer", finer, {1e-3, 1e6});
  fields.number("enough", enough, {0, 1e6});
  fields.count("min_size", min_size, {1, 1000000});
  fields.number("coverage", coverage, kShare);
  fields.count("clusters", clusters, {0, 100000});
  fields.choice("encodings", encodings, kEncodings);
}

void ClassifierOptions::fields(OptionFields& fields) {
  fields.flag("projection", projection);
  fields.number_or_auto("none_threshold", none_threshold, kShare);
  fields.number("positive_weight", positive_weight, {1e-3, 1e4});
  fields.number("also_right", also_right, kShare);
  fields.number("classifier_lr", fit.learning_rate, kRate);
  fields.count("classifier_epochs", fit.epochs, kEpochs);
  fields.count("classifier_patience", fit.patience, kEpochs);
}

void QualityOptions::general_fields(OptionFields& fields) {
  fields.count("hidden", hidden, {1, 4096});
  fields.count("model_embedding", model_embedding, {1, 4096});
  fields.number("dropout", dropout, {0, 0.9});
  fields.choice("input", input, kInputs);
  fields.choice("start", start, kStarts);
  fields.choice("stop", stop, kStops);
  fields.count("epoch_steps", epoch_steps, {1, 100000});
  fields.number("lr", general.learning_rate, kRate);
  fields.count("epochs", general.epochs, kEpochs);
  fields.count("patience", general.patience, kEpochs);
}

void QualityOptions::task_fields(OptionFields& fields) {
  fields.number("pull", pull, {0, 1e6});
  fields.count("min_train", min_train, {1, 1000000});
  fields.number("task_lr", task.learning_rate, kRate);
  fields.count("task_epochs", task.epochs, kEpochs);
  fields.count("task_patience", task.patience, kEpochs);
}

FineRouterOptions FineRouterOptions::of(Stages stages, FineProfile profile) {
  FineRouterOptions options =
      profile == FineProfile::kPaper ? paper_profile() : FineRouterOptions{};
  options.stages = stages;
  options.profile = profile;
  return options;
}

void FineRouterOptions::fields(OptionFields& fields) {
  fields.choice("profile", profile, kProfiles);
  fields.choice("mode", inference.mode, kModes);
  fields.count("batch", quality.batch, {1, 65536});
  if (has_tasks()) {
    discovery.fields(fields);
    classifier.fields(fields);
    fields.number("shrink", inference.shrink, {0, 1e6});
    fields.choice("statistic", inference.statistic, kStatistics);
    fields.choice("assign", inference.assign, kAssigns);
  }
  if (has_estimator()) {
    quality.general_fields(fields);
  }
  if (stages == Stages::kBoth) {
    quality.task_fields(fields);
    fields.number_or_auto("alpha", inference.alpha, kShare);
  }
}

base::Result<FineRouterOptions> FineRouterOptions::parse(const RouterSpec& spec) {
  FineRouterOptions first;
  first.stages = stages_of(spec.name);
  TRY(read_spec_options(spec, [&](OptionFields& fields) { first.fields(fields); }));
  FineRouterOptions options = of(first.stages, first.profile);
  TRY(read_spec_options(spec, [&](OptionFields& fields) { options.fields(fields); }));
  return options;
}

base::Result<FineRouterOptions> FineRouterOptions::from_json(std::string_view router,
                                                             std::string_view json) {
  FineRouterOptions options;
  options.stages = stages_of(router);
  TRY(read_json_options(json, [&](OptionFields& fields) { options.fields(fields); }));
  return options;
}

std::string FineRouterOptions::to_json() {
  return options_json([this](OptionFields& visitor) { fields(visitor); });
}

bool is_finerouter(std::string_view router) {
  return std::ranges::find(kRouters, router) != kRouters.end();
}

}  // namespace wend::routers
