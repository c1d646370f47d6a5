// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "wend/base/statistics.h"
#include "wend/discover/map.h"

namespace wend::discover {

/// The models of whose quality in the task something is known, best first, equals in their order.
std::vector<std::size_t> models_by_quality(const TaskView& task);

/// From the worst model's mean quality to the best one's; empty where none is known.
std::optional<base::Interval> quality_range(const TaskView& task);

/// An <svg> element: a dot for each model at its mean quality on a line from 0 to 1, candidates
/// filled. Its classes are those of map_assets.h's style.
std::string quality_strip(const TaskView& task, const std::vector<std::string>& models);

}  // namespace wend::discover
