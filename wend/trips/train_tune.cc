// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/train_tune.h"

#include <algorithm>
#include <filesystem>
#include <span>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "wend/base/check.h"
#include "wend/base/file.h"
#include "wend/base/random.h"
#include "wend/base/stop.h"

namespace wend::trips {

using base::Result;
using base::Status;
using Json = nlohmann::ordered_json;
using OptionMap = std::map<std::string, std::string, std::less<>>;

namespace {

/// The values of one option that are worth a try.
struct Dimension {
  std::string_view option;
  std::vector<std::string_view> values;
};

/// The free hyper-parameters of FineRouter's first stage (algorithms.md 6.6).
const std::vector<Dimension> kDiscovery = {
    {"k", {"10", "20", "50"}},
    {"rbo_percentile", {"0", "0.5", "0.7", "0.9"}},
    {"resolution", {"0.5", "1", "2", "4"}},
    {"iterations", {"1", "2", "3"}},
    {"coverage", {"0.6", "0.8", "0.95"}},
};
const Dimension kAlpha = {"alpha", {"auto", "0", "0.3", "0.5", "0.7", "0.9"}};

std::vector<Dimension> space_of(std::string_view router) {
  if (router == "finerouter_tasks") {
    return kDiscovery;
  }
  if (router == "finerouter") {
    std::vector<Dimension> space = kDiscovery;
    space.push_back(kAlpha);
    return space;
  }
  return {};
}

OptionMap draw(const routers::RouterSpec& spec,
               const std::vector<Dimension>& space,
               base::Random& random) {
  OptionMap options = spec.options;
  for (const Dimension& dimension : space) {
    const std::string_view value = dimension.values[random.below(dimension.values.size())];
    options.emplace(dimension.option, value);
  }
  return options;
}

/// The SPEC as it is, then different draws; fewer than asked where the space is small.
std::vector<OptionMap> plan(const routers::RouterSpec& spec,
                            std::size_t trials,
                            std::uint64_t seed) {
  constexpr std::size_t kDrawsPerTrial = 20;
  const std::vector<Dimension> space = space_of(spec.name);
  base::Random random(base::stage_seed(seed, "tune"));
  std::vector<OptionMap> planned = {spec.options};
  for (std::size_t i = 0; planned.size() < trials && i < kDrawsPerTrial * trials; ++i) {
    OptionMap options = draw(spec, space, random);
    if (std::ranges::find(planned, options) == planned.end()) {
      planned.push_back(std::move(options));
    }
  }
  return planned;
}

/// The file of what was tried.
class TrialRecord {
 public:
  TrialRecord(const routers::RouterSpec& spec, const FoldTasks& fold, std::string path)
      : path_(std::move(path)),
        head_({{"format_version", 1},
               {"router", spec.text},
               {"seed", fold.seed()},
               {"data_sha256", fold.data_sha256()}}) {}

  /// Nothing was tried where there is no file.
  Status read() {
    if (path_.empty() || !std::filesystem::exists(path_)) {
      return {};
    }
    const Json json = Json::parse(TRY(base::read_file(path_)), nullptr, false);
    if (!json.is_object() || !json.contains("trials") || !json["trials"].is_array()) {
      return base::fail_at({path_},
                           base::Code::kDataLoss,
                           "{}: expected what --tune has tried, an object with trials",
                           path_);
    }
    for (const auto& [key, value] : head_.items()) {
      if (!json.contains(key) || json[key] != value) {
        return base::fail_at({path_},
                             base::Code::kFailedPrecondition,
                             "{}: what was tried there is of another router, seed or data; remove "
                             "the file or choose another --out",
                             path_);
      }
    }
    for (const Json& trial : json["trials"]) {
      OptionMap options = trial.at("options").get<OptionMap>();
      tried_.push_back({std::move(options), trial.at("validation_utility_sum").get<double>()});
    }
    return {};
  }

  const Trial* find(const OptionMap& options) const {
    const auto found = std::ranges::find(tried_, options, &Trial::options);
    return found == tried_.end() ? nullptr : &*found;
  }

  Status add(Trial trial) {
    tried_.push_back(std::move(trial));
    if (path_.empty()) {
      return {};
    }
    std::error_code error;  // The write says what is wrong.
    std::filesystem::create_directories(std::filesystem::path(path_).parent_path(), error);
    Json json = head_;
    json["trials"] = Json::array();
    for (const Trial& tried : tried_) {
      json["trials"].push_back(
          {{"options", tried.options}, {"validation_utility_sum", tried.validation_utility_sum}});
    }
    return base::write_file_atomically(path_, json.dump(1) + "\n");
  }

 private:
  std::string path_;
  Json head_;
  std::vector<Trial> tried_;
};

Status read_guarded(TrialRecord& record, const std::string& path) {
  try {
    return record.read();
  } catch (const nlohmann::json::exception& error) {
    return base::fail_at({path}, base::Code::kDataLoss, "{}: {}", path, error.what());
  }
}

routers::RouterSpec with_options(const routers::RouterSpec& spec, const OptionMap& options) {
  routers::RouterSpec changed = spec;
  changed.options = options;
  return changed;
}

}  // namespace

bool can_be_tuned(const routers::RouterSpec& spec) {
  return !space_of(spec.name).empty();
}

Result<Tuning> tune(const routers::RouterSpec& spec,
                    const TuneOptions& options,
                    FoldTasks& fold,
                    base::Progress* progress) {
  CHECK(can_be_tuned(spec) && options.trials > 0, "nothing to try of '{}'", spec.text);
  TrialRecord record(spec, fold, options.record);
  TRY(read_guarded(record, options.record));
  Tuning tuning;
  if (progress != nullptr) {
    progress->start("tune " + spec.name, options.trials);
  }
  for (const OptionMap& planned : plan(spec, options.trials, fold.seed())) {
    TRY(base::check_stop());
    if (const Trial* known = record.find(planned); known != nullptr) {
      tuning.trials.push_back(*known);
      ++tuning.reused;
    } else {
      const FittedRouter fitted = TRY(fold.fit(with_options(spec, planned), nullptr));
      tuning.trials.push_back({planned, fitted.report.validation_utility_sum});
      TRY(record.add(tuning.trials.back()));
    }
    if (progress != nullptr) {
      progress->advance(1);
    }
  }
  if (progress != nullptr) {
    progress->finish();
  }
  const auto best = std::ranges::max_element(tuning.trials, {}, &Trial::validation_utility_sum);
  tuning.best = static_cast<std::size_t>(best - tuning.trials.begin());
  return tuning;
}

routers::RouterSpec tuned_spec(const routers::RouterSpec& spec, const Tuning& tuning) {
  return with_options(spec, tuning.trials[tuning.best].options);
}

}  // namespace wend::trips
