// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <nlohmann/json.hpp>

#include "wend/routers/override_list.h"
#include "wend/trips/upkeep_artifact.h"

namespace wend::trips {

using base::Code;
using base::fail;
using base::Result;
using nlohmann::ordered_json;

namespace {

/// What a number is set to makes earlier changes of it void.
void add_override(std::vector<core::Override>& overrides, core::Override added) {
  if (added.change.mode == core::OverrideMode::kSet) {
    std::erase_if(overrides, [&](const core::Override& earlier) {
      return earlier.node == added.node && earlier.model == added.model &&
             earlier.metric == added.metric;
    });
  }
  overrides.push_back(std::move(added));
}

}  // namespace

Result<Upkept> adjust(const ml::Artifact& artifact, const Adjustment& adjustment) {
  if (!adjustment.quality && !adjustment.cost) {
    return fail(Code::kInvalidArgument, "expected a change: --quality +0.1, --cost x1.2, or both");
  }
  const UpkeepArtifact before = TRY(UpkeepArtifact::open(artifact));
  TRY(before.find_node(adjustment.node));
  if (before.live_tasks_below(adjustment.node).empty()) {
    return fail(Code::kFailedPrecondition,
                "no task type below '{}' is left, so that nothing would change",
                adjustment.node);
  }
  const std::size_t model = TRY(before.find_model(adjustment.model));
  if (adjustment.cost && !before.table.columns.row(routers::Metric::kCost, model)) {
    return fail(Code::kFailedPrecondition, "--cost: the artifact predicts no cost");
  }
  std::vector<core::Override> overrides = before.manifest.overrides;
  ordered_json step = {{"verb", "adjust"}, {"node", adjustment.node}, {"model", adjustment.model}};
  if (adjustment.quality) {
    add_override(
        overrides,
        {adjustment.node, adjustment.model, core::OverrideMetric::kQuality, *adjustment.quality});
    step["quality"] = adjustment.quality->text();
  }
  if (adjustment.cost) {
    add_override(
        overrides,
        {adjustment.node, adjustment.model, core::OverrideMetric::kCost, *adjustment.cost});
    step["cost"] = adjustment.cost->text();
  }
  ordered_json manifest = ordered_json::parse(artifact.manifest_json);
  manifest["overrides"] = ordered_json::array();
  for (const core::Override& override : overrides) {
    manifest["overrides"].push_back(routers::override_json(override));
  }
  return sealed(before, {manifest.dump(), artifact.weights}, step.dump());
}

}  // namespace wend::trips
