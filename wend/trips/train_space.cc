// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/train_space.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "wend/base/check.h"
#include "wend/base/random.h"
#include "wend/routers/finerouter/options.h"
#include "wend/trips/train_tasks.h"

namespace wend::trips {
namespace {

TuningChoice values(std::string_view option, std::initializer_list<std::string_view> values) {
  TuningChoice choice;
  for (const std::string_view value : values) {
    choice.push_back({{std::string(option), std::string(value)}});
  }
  return choice;
}

/// A further iteration is left out where `enough` says that few communities are left, as it does of
/// some thousand prompts, so who is to iterate is told to.
const TuningChoice kIterations = {{{"iterations", "1"}},
                                  {{"iterations", "2"}, {"enough", "0"}},
                                  {{"iterations", "3"}, {"enough", "0"}}};

bool is_searched(const TaskFinding& finding) {
  return finding.method == TaskMethod::kDiscover ||
         (finding.method == TaskMethod::kKmeans && finding.clusters == 0);
}

/// The free hyper-parameters of FineRouter's search for task types (algorithms.md 6.6).
std::vector<TuningChoice> search_space(const discover::CommunityOptions& search) {
  std::vector<TuningChoice> space = {values("k", {"10", "20", "50"})};
  if (search.evidence == discover::EdgeEvidence::kMeaningAndRanking && !search.rbo_threshold) {
    space.push_back(values("rbo_percentile", {"0", "0.5", "0.7", "0.9"}));
  }
  if (search.objective == discover::Objective::kModularity) {  // CPM's is on another scale.
    space.push_back(values("resolution", {"0.5", "1", "2", "4"}));
  }
  if (search.iterations > 1) {
    space.push_back(kIterations);
  }
  return space;
}

std::vector<TuningChoice> space_of(const routers::FineRouterOptions& options,
                                   const TaskFinding& finding) {
  std::vector<TuningChoice> space;
  if (is_searched(finding)) {
    space = search_space(finding.discovery.communities);
  }
  if (options.stages == routers::Stages::kBoth) {  // Candidates and S2 are the second stage's.
    space.push_back(values("coverage", {"0.6", "0.8", "0.95"}));
    space.push_back(values("alpha", {"auto", "0", "0.3", "0.5", "0.7", "0.9"}));
  }
  return space;
}

bool names(const routers::RouterSpec& spec, const OptionMap& options) {
  return std::ranges::all_of(
      options, [&](const auto& option) { return spec.options.contains(option.first); });
}

OptionMap draw(const routers::RouterSpec& spec,
               const std::vector<TuningChoice>& space,
               base::Random& random) {
  OptionMap options = spec.options;
  for (const TuningChoice& choice : space) {
    const OptionMap& setting = choice[random.below(choice.size())];
    options.insert(setting.begin(), setting.end());  // What the SPEC names stays.
  }
  return options;
}

/// Equal for options that make the same router.
std::string effect_of(const routers::RouterSpec& spec) {
  auto options = routers::FineRouterOptions::parse(spec);
  return options ? options->to_json() : "";
}

}  // namespace

std::vector<TuningChoice> tuning_space(const routers::RouterSpec& spec, TasksFrom from) {
  const auto finding = task_finding(spec, from);
  if (!routers::is_finerouter(spec.name) || !finding || !*finding) {
    return {};
  }
  std::vector<TuningChoice> space =
      space_of(routers::FineRouterOptions::parse(spec).value(), **finding);
  std::erase_if(space, [&](const TuningChoice& choice) {
    return std::ranges::all_of(choice,
                               [&](const OptionMap& setting) { return names(spec, setting); });
  });
  return space;
}

std::vector<OptionMap> plan_trials(const routers::RouterSpec& spec,
                                   TasksFrom from,
                                   std::size_t trials,
                                   std::uint64_t seed) {
  constexpr std::size_t kDrawsPerTrial = 20;
  const std::vector<TuningChoice> space = tuning_space(spec, from);
  CHECK(!space.empty(), "nothing to try of '{}'", spec.text);
  base::Random random(base::stage_seed(seed, "tune"));
  std::vector<OptionMap> planned = {spec.options};
  std::set<std::string> effects = {effect_of(spec)};
  for (std::size_t i = 0; planned.size() < trials && i < kDrawsPerTrial * trials; ++i) {
    OptionMap options = draw(spec, space, random);
    if (effects.insert(effect_of(with_options(spec, options))).second) {
      planned.push_back(std::move(options));
    }
  }
  return planned;
}

routers::RouterSpec with_options(routers::RouterSpec spec, OptionMap options) {
  spec.options = std::move(options);
  return spec;
}

}  // namespace wend::trips
